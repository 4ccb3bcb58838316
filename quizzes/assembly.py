"""Draws the form of an exam from pools of items, by a seed. Pure: the same pools and seed give the same form.

Laws, the earlier before the later where they cannot all be kept:
1. each section gets its number of items, no item stands twice, and of a family one item at most;
2. a student gets no item again before the section's pool is used up;
3. no item goes into more than twice the mean number of forms of its pool while others wait;
4. the form's mean difficulty lies within TOLERANCE points of the pools' mean, each pool counting as often as
   the form takes items from it.
"""

import random
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from statistics import fmean

TOLERANCE = 5.0
_SECTION_TOLERANCE = TOLERANCE / 2  # so that what is left for a student's next form is balanced as well
_TRIES = 8  # draws that miss the difficulty are drawn again so often; the nearest is taken

# Difficulty in points: the share of right answers, in percent, that an item is expected to get unmeasured.
EXPECTED = {"easy": 85.0, "medium": 70.0, "hard": 55.0}
ENOUGH_ANSWERS = 30


def difficulty_points(stated: str, answers: int, facility: float) -> float:
    """facility: the mean credit of `answers` answers, in percent; it counts once there are enough of them."""
    return facility if answers >= ENOUGH_ANSWERS else EXPECTED[stated]


@dataclass(frozen=True)
class Candidate:
    """An item of a pool. seen: how often this student had it; forms: in how many forms it stood."""

    item: int
    points: float
    family: str = ""
    seen: int = 0
    forms: int = 0

    @property
    def unit(self) -> str | int:
        """What a form takes one of: the family, or the item itself."""
        return self.family or self.item


@dataclass(frozen=True)
class Part:
    """A section to fill with `size` items that count."""

    title: str
    size: int
    pool: tuple[Candidate, ...]


@dataclass(frozen=True)
class Seat:
    part: int  # position of its Part, from 0
    item: int
    scored: bool


@dataclass(frozen=True)
class Shortage:
    """A section that needs more items than there are for it; without a title, the items that do not count."""

    title: str
    needs: int
    has: int


class PoolTooSmall(Exception):
    def __init__(self, shortages: Sequence[Shortage]) -> None:
        super().__init__("; ".join(f"{one.title}: {one.has} of {one.needs}" for one in shortages))
        self.shortages = list(shortages)


def draw(parts: Sequence[Part], seed: int, unscored: int = 0) -> list[Seat]:
    """The seats of a form, section by section. unscored: how many more that do not count, spread over the
    sections by their size and standing anywhere among the others. Raises PoolTooSmall.
    """
    chance = random.Random(seed)
    best, nearest = None, float("inf")
    for _ in range(_TRIES):
        form = _Form(parts, chance)
        form.fill(unscored)
        form.balance()
        if form.distance < nearest:
            best, nearest = form, form.distance
        if nearest <= TOLERANCE:
            break
    assert best is not None
    return best.seats()


def find_shortages(parts: Sequence[Part], unscored: int = 0) -> list[Shortage]:
    """What a draw would raise PoolTooSmall with; empty when there is enough."""
    if not parts or (not unscored and all(_is_ample(part, parts) for part in parts)):
        return []
    try:
        _Form(parts, random.Random(0)).fill(unscored)
    except PoolTooSmall as error:
        return error.shortages
    return []


@dataclass(frozen=True)
class Length:
    """How long a form is: items by section, more that do not count, minutes (None without a clock)."""

    sizes: tuple[int, ...]
    unscored: int
    minutes: int | None

    @property
    def items(self) -> int:
        return sum(self.sizes) + self.unscored


def shorter(whole: Length, share: Fraction) -> Length:
    """A form with that share of the items, in the proportions of the whole one, and of its minutes."""
    sizes = apportion(whole.sizes, share)
    return Length(tuple(sizes), _rounded(whole.unscored * share), _minutes(whole.minutes, share))


def one_section(whole: Length, place: int) -> Length:
    """The section at this position, from 0, alone."""
    size = whole.sizes[place]
    share = Fraction(size, sum(whole.sizes) or 1)
    sizes = tuple(size if at == place else 0 for at in range(len(whole.sizes)))
    return Length(sizes, _rounded(whole.unscored * share), _minutes(whole.minutes, share))


def apportion(sizes: Sequence[int], share: Fraction) -> list[int]:
    """The same proportions over fewer items: largest remainders, of equal ones the earlier section."""
    exact = [size * share for size in sizes]
    found = [floor(one) for one in exact]
    left = _rounded(sum(exact, Fraction())) - sum(found)
    for place in sorted(range(len(sizes)), key=lambda place: (found[place] - exact[place], place))[:left]:
        found[place] += 1
    return found


def _rounded(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2))


def _minutes(minutes: int | None, share: Fraction) -> int | None:
    """Rounded up to a whole minute."""
    return None if minutes is None else ceil(minutes * share)


def _is_ample(part: Part, parts: Sequence[Part]) -> bool:
    """Whether a section has enough whatever the other sections take."""
    return len({one.unit for one in part.pool}) >= sum(other.size for other in parts)


_Unit = str | int
_SEEN = 1_000_000  # what one sitting of the student weighs against forms of others


@dataclass
class _Form:
    """A form while it is drawn. taken: the Candidate of each unit, and the part that it fills."""

    parts: Sequence[Part]
    chance: random.Random
    taken: dict[_Unit, tuple[Candidate, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.room = [part.size for part in self.parts]
        self.means = [fmean(one.points for one in part.pool) if part.pool else 0.0 for part in self.parts]
        # Of each part its units with the candidate to take first, the best first.
        self.offers: list[dict[_Unit, Candidate]] = []
        self.costs: list[dict[_Unit, int]] = []
        self.limits = [
            max(1.0, 2 * fmean(one.forms for one in part.pool)) if part.pool else 1.0 for part in self.parts
        ]
        for place, part in enumerate(self.parts):
            waiting = sorted(part.pool, key=lambda one: one.item)
            self.chance.shuffle(waiting)
            waiting.sort(key=lambda one: self.cost(one, place))
            offers: dict[_Unit, Candidate] = {}
            for one in waiting:
                offers.setdefault(one.unit, one)
            self.offers.append(offers)
            self.costs.append({unit: self.cost(one, place) for unit, one in offers.items()})
        self.waiting = [list(reversed(offers)) for offers in self.offers]
        homes = Counter(unit for offers in self.offers for unit in offers)
        self.shared = [[unit for unit in offers if homes[unit] > 1] for offers in self.offers]

    def cost(self, one: Candidate, place: int) -> int:
        """What speaks against the item: that the student had it, then that it was in too many forms."""
        return one.seen * _SEEN + (one.forms + 1 > self.limits[place])

    def fill(self, unscored: int) -> None:
        """Raises PoolTooSmall."""
        for place, part in enumerate(self.parts):
            self.take(place, part.size)
        if any(self.room):
            raise PoolTooSmall(self.shortages())
        left = sum(1 - self.take(place, 1) for place in self.spread(unscored))
        for place in self.chance.sample(range(len(self.parts)), len(self.parts)):
            left -= self.take(place, left)
        if left:
            raise PoolTooSmall([Shortage("", unscored, unscored - left)])

    def take(self, place: int, many: int) -> int:
        """Fills up to so many seats of a part, and gives how many. Each time the least costly way is taken,
        as in the Hungarian method: what is filled so far costs least, whatever the order of the parts.
        """
        for done in range(many):
            way = self.way(place)
            if way is None:
                return done
            for unit, to in way:
                self.taken[unit] = (self.offers[to][unit], to)
            self.room[place] -= 1
        return many

    def way(self, place: int) -> list[tuple[_Unit, int]] | None:
        """(unit, the part that it fills from now on): one that is free for the part itself, or one of another
        part that gets a free one in its place, and so on. None where there is no way.
        """
        own = self.free(place)
        if own is not None and (self.costs[place][own] == 0 or not self.shared[place]):
            return [(own, place)]
        distances: dict[int, int] = {place: 0}
        before: dict[int, tuple[int, _Unit]] = {}
        for _ in self.parts:  # Bellman and Ford: a step may cost less than nothing, a round never does
            for at in list(distances):
                for unit in self.shared[at]:
                    holder = self.taken[unit][1] if unit in self.taken else at
                    far = distances[at] + self.costs[at][unit] - self.costs[holder][unit]
                    if holder != at and far < distances.get(holder, far + 1):
                        distances[holder], before[holder] = far, (at, unit)
        free = {at: best for at in distances if (best := self.free(at)) is not None}
        ends = [(distances[at] + self.costs[at][unit], at) for at, unit in free.items()]
        if not ends:
            return None
        at = min(ends)[1]
        steps: list[tuple[_Unit, int]] = [(free[at], at)]
        while at != place:
            at, unit = before[at]
            steps.append((unit, at))
        return steps

    def free(self, place: int) -> _Unit | None:
        """The best unit of a part that is not taken."""
        waiting = self.waiting[place]
        while waiting and waiting[-1] in self.taken:  # what is taken may move, and is never free again
            waiting.pop()
        return waiting[-1] if waiting else None

    def shortages(self) -> list[Shortage]:
        return [
            Shortage(part.title, part.size, part.size - room)
            for part, room in zip(self.parts, self.room, strict=True)
            if room
        ]

    def spread(self, unscored: int) -> Iterator[int]:
        """A part for each item that does not count: systematic sampling in proportion to the sizes."""
        whole = sum(part.size for part in self.parts)
        mark, passed = self.chance.randrange(whole), 0
        for place, part in enumerate(self.parts):
            passed += part.size * unscored
            while mark < passed:
                yield place
                mark += whole

    def of_part(self, place: int) -> list[Candidate]:
        return [one for one, at in self.taken.values() if at == place]

    def excess(self, place: int) -> float:
        """How many points too many the items of a part have together."""
        return sum(one.points - self.means[place] for one in self.of_part(place))

    @property
    def distance(self) -> float:
        total = sum(self.excess(place) for place in range(len(self.parts)))
        return abs(total) / max(1, len(self.taken))

    def balance(self) -> None:
        """Exchanges items for others of the same pool and cost: section by section, then over the form."""
        for place in range(len(self.parts)):
            self.exchange([place], _SECTION_TOLERANCE)
        self.exchange(range(len(self.parts)), TOLERANCE)

    def exchange(self, places: Iterable[int], tolerance: float) -> None:
        """One exchange after the other, each the one that brings the mean nearest to the pools'."""
        places = list(places)
        size = sum(len(self.of_part(place)) for place in places)
        excess = sum(self.excess(place) for place in places)
        while abs(excess) > tolerance * size:
            swaps = [swap for place in places for swap in self.swaps(place, excess)]
            nearest = min(swaps, key=lambda swap: abs(excess + swap[1].points - swap[0].points), default=None)
            if nearest is None:
                return
            out, new, place = nearest
            gain = new.points - out.points
            if abs(excess + gain) >= abs(excess):
                return
            del self.taken[out.unit]
            self.taken[new.unit] = (new, place)
            excess += gain

    def swaps(self, place: int, excess: float) -> Iterator[tuple[Candidate, Candidate, int]]:
        """(out, in, part): for each item of a part the two that would come nearest to undoing the excess."""
        free: dict[int, list[Candidate]] = defaultdict(list)
        for one in self.parts[place].pool:
            if one.unit not in self.taken:
                free[self.cost(one, place)].append(one)
        for waiting in free.values():
            waiting.sort(key=lambda one: one.points)
        for out in self.of_part(place):
            waiting = free[self.cost(out, place)]
            at = bisect_left(waiting, out.points - excess, key=lambda one: one.points)
            for new in waiting[max(0, at - 1) : at + 1]:
                yield out, new, place

    def seats(self) -> list[Seat]:
        """Section by section, in an order of chance; which of its items do not count is chance too."""
        found = []
        for place, part in enumerate(self.parts):
            items = sorted(one.item for one in self.of_part(place))
            self.chance.shuffle(items)
            counting = set(self.chance.sample(items, part.size))
            found += [Seat(place, item, item in counting) for item in items]
        return found
