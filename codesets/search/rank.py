"""Which units of a release fit a reading best. Pure.

A word's weight is its rarity (inverse document frequency). A unit is worth the weight that it shares with the
reading, less for weight that either has alone, so that a whole title comes before a longer one that holds it.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from heapq import nlargest, nsmallest

from codesets.search.lexicon import Lexicon
from codesets.search.plan import Reading
from codesets.search.words import Text, stem

GRAIN = 100  # of a unit's weight, as it is kept
WORTH_A_LOOK = 8  # times as many units as are found already are still looked through as a whole
ENOUGH = 2000  # units that the rarer words bring, beyond which the others only add to what is found
LACKING = 0.3  # of the weight of a word that is sought and not there
BESIDE = 0.25  # of the weight of a word that is there and was not sought
OPTIONAL = 0.005  # of the weight of a word that may be there or not
DENIED = 0.05  # of the weight of a word that a text denies
DENIALS = frozenset(map(stem, ("without", "not", "except", "excluding")))
SIDES = frozenset(map(stem, ("left", "right", "bilateral", "unilateral")))
# Of words that were not sought and put what they stand with into another place of the books.
OTHER_SIDE = dict.fromkeys(SIDES, 1.0)
MISPLACED = {
    stem(word): 0.6
    for word in (
        *("adverse", "assault", "diagnostic", "history", "newborn", "pathological", "poisoning", "secondary"),
        *("stress", "underdosing"),
    )
}

NOTHING = (0.0, 0.0)

Gives = dict[str, list[tuple[int, float, float]]]
"""Of each term: the words that it may be, what it gives to each, the part of a word that is lost with it."""
Postings = Mapping[str, "array[int]"]
Terms = list[tuple[float, str]]
"""What a word may be, with the weight of each, the least first."""


def best_units(
    reading: Reading,
    lexicon: Lexicon,
    postings: Postings,
    weights: "array[int]",
    most: int,
    least: float = 0.0,
) -> list[tuple[float, int]]:
    """Worth (0 to 1) and number of the best units that are worth more than `least`, best first.

    `weights` of whole units are in grains.
    """
    asked, lists = 0.0, []
    for word in reading.words:
        full, values = weighed(word.shares, lexicon)
        asked += full
        terms = sorted((value, term) for term, value in values.items() if term in postings)
        if terms:
            lists.append((sum(len(postings[term]) for _, term in terms), terms))
    possible = sum(terms[-1][0] for _, terms in lists)
    if _worth(reading, asked, possible, possible) <= least:
        return []
    by_mass = defaultdict(list)
    for unit, mass in _shared(sorted(lists, key=lambda each: each[0]), postings, most).items():
        by_mass[mass].append(unit)
    best: list[tuple[float, int]] = []
    for mass in sorted(by_mass, reverse=True):
        if _worth(reading, asked, mass, mass) <= least:
            break
        # Of those that share as much, the lightest.
        units = by_mass[mass]
        if len(units) > most:
            units = nsmallest(most, units, key=weights.__getitem__)
        best += [(_worth(reading, asked, mass, weights[unit] / GRAIN), unit) for unit in units]
        if len(best) >= most:
            best = nlargest(most, best)
            least = max(least, best[-1][0])
    return best


class Scale:
    """What texts of a release are worth to a reading, word by word."""

    def __init__(self, reading: Reading, lexicon: Lexicon) -> None:
        terms = reading.terms
        self.credit = reading.credit
        self.rarities = lexicon.rarities
        self.denies = not terms.isdisjoint(DENIALS)
        self.misplaced = MISPLACED if terms.isdisjoint(SIDES) else MISPLACED | OTHER_SIDE
        self.lacking = 0.0
        self.said: Gives = defaultdict(list)
        self.denied: Gives = defaultdict(list)
        for number, word in enumerate(reading.words):
            full, values = weighed(word.shares, lexicon)
            self.lacking += word.lacking * full
            gives = self.denied if word.denied else self.said
            for term, value in values.items():
                gives[term].append((number, value, word.lacking))

    def worth(self, text: Text) -> float:
        certain, optional, denied, free = text
        has = certain | optional | free
        said = self.said.keys() & (has | denied if self.denies else has)
        unsaid = self.denied.keys() & denied
        best: dict[int, tuple[float, float]] = {}
        for gives, terms in ((self.said, said), (self.denied, unsaid)):
            for term in terms:
                for number, value, lacking in gives[term]:
                    best[number] = max(best.get(number, NOTHING), (value, lacking))
        if not best:
            return 0.0
        mass = sum([value for value, _ in best.values()])
        lost = self.lacking - sum([value * lacking for value, lacking in best.values()])
        rarity = self.rarities.get
        lost += sum([self.misplaced.get(term, BESIDE) * rarity(term, 0.0) for term in certain - said])
        lost += OPTIONAL * sum([rarity(term, 0.0) for term in optional - said])
        lost += DENIED * sum([rarity(term, 0.0) for term in denied - said - unsaid])
        return self.credit * mass / (mass + lost)


def weighed(shares: Mapping[str, float], lexicon: Lexicon) -> tuple[float, dict[str, float]]:
    """What a word weighs in full, and what each term that it may be gives: no more than the word as typed."""
    weights = {term: lexicon.rarities[term] for term in shares if term in lexicon.rarities}
    typed = [weight for term, weight in weights.items() if shares[term] == 1]
    full = max(typed or weights.values(), default=lexicon.rarest)
    return full, {term: shares[term] * min(weight, full) for term, weight in weights.items()}


def _worth(reading: Reading, asked: float, mass: float, weight: float) -> float:
    lacking, beside = max(asked - mass, 0), max(weight - mass, 0)
    return reading.credit * mass / (mass + LACKING * lacking + BESIDE * beside) if mass else 0.0


def _shared(lists: list[tuple[int, Terms]], postings: Postings, most: int) -> dict[int, float]:
    """The weight that units share with the reading; the commonest words add to it and bring none.

    Before these, what cannot come among the `most` best any more is let go.
    """
    shared: dict[int, float] = {}
    brought = 0
    rest = sum(terms[-1][0] for _, terms in lists)
    for size, terms in lists:
        brought += size
        found: dict[int, float] = {}
        if shared and brought > ENOUGH:
            least = nlargest(most, shared.values())[-1] - rest
            shared = {unit: mass for unit, mass in shared.items() if mass >= least}
            for weight, term in terms:
                found.update(dict.fromkeys(_among(shared, postings[term]), weight))
        else:
            for weight, term in terms:
                found.update(dict.fromkeys(postings[term], weight))
        for unit in shared.keys() & found.keys():
            shared[unit] += found.pop(unit)
        shared.update(found)
        rest -= terms[-1][0]
    return shared


def _among(shared: dict[int, float], units: "array[int]") -> Iterable[int]:
    """Which of the units are found already; `units` ascend."""
    if len(units) < WORTH_A_LOOK * len(shared):
        return set(shared).intersection(units)
    return [unit for unit in shared if (at := bisect_left(units, unit)) < len(units) and units[at] == unit]
