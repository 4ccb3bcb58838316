"""The laws of a draw, over many pools. Where a law cannot be kept, the one that comes first is tested."""

import random
from collections import Counter
from fractions import Fraction
from itertools import combinations
from statistics import fmean

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from quizzes.assembly import (
    TOLERANCE,
    Candidate,
    Length,
    Part,
    PoolTooSmall,
    Shortage,
    apportion,
    difficulty_points,
    draw,
    find_shortages,
    one_section,
    shorter,
)

# Shrinking a whole form takes minutes; a failure is small enough as it is.
PHASES = [Phase.explicit, Phase.generate]
POINTS = st.one_of(st.sampled_from([85.0, 70.0, 55.0]), st.floats(10, 95))


def part(size: int, *pool: Candidate, title: str = "One") -> Part:
    return Part(title, size, pool)


def of(*numbers: int, **more) -> list[Candidate]:
    return [Candidate(number, 70.0, **more) for number in numbers]


@st.composite
def forms(draw_from, most_parts=4, history=True, families=True):
    """Parts over pools that may overlap, with families, and with what was seen and given before."""
    items = draw_from(st.integers(1, 16))
    pool = [
        Candidate(
            number,
            draw_from(POINTS),
            draw_from(st.sampled_from(["", "", "", "f", "g"])) if families else "",
            draw_from(st.integers(0, 2)) if history else 0,
            draw_from(st.integers(0, 6)) if history else 0,
        )
        for number in range(items)
    ]
    parts = []
    for place in range(draw_from(st.integers(1, most_parts))):
        mine = tuple(one for one in pool if draw_from(st.booleans()))
        parts.append(Part(f"Section {place}", draw_from(st.integers(1, 4)), mine))
    return parts


def by_item(parts: list[Part]) -> dict[int, Candidate]:
    return {one.item: one for one_part in parts for one in one_part.pool}


@given(forms(), st.integers(0, 99), st.integers(0, 3))
@settings(max_examples=100, deadline=None, phases=PHASES)
def test_a_form_is_whole_and_takes_no_item_and_no_family_twice(parts, seed, unscored):
    if find_shortages(parts, unscored):
        with pytest.raises(PoolTooSmall) as short:
            draw(parts, seed, unscored)
        assert all(one.has < one.needs for one in short.value.shortages)
        return
    seats = draw(parts, seed, unscored)
    known = by_item(parts)
    assert Counter(seat.part for seat in seats if seat.scored) == {
        place: one.size for place, one in enumerate(parts)
    }
    assert sum(not seat.scored for seat in seats) == unscored
    assert [seat.part for seat in seats] == sorted(seat.part for seat in seats)
    units = [known[seat.item].family or seat.item for seat in seats]
    assert len(set(units)) == len(units)
    for seat in seats:
        assert known[seat.item] in parts[seat.part].pool


@given(forms(most_parts=2), st.integers(0, 99))
@settings(max_examples=50, deadline=None, phases=PHASES)
def test_it_is_refused_only_when_no_choice_of_items_fills_it(parts, seed):
    """Against a search that tries every way to fill the sections one after the other."""

    def can_fill(place: int, taken: frozenset) -> bool:
        if place == len(parts):
            return True
        units = {one.unit for one in parts[place].pool} - taken
        choices = combinations(sorted(units, key=str), parts[place].size)
        return any(can_fill(place + 1, taken | frozenset(choice)) for choice in choices)

    assert (find_shortages(parts) == []) == can_fill(0, frozenset())


@given(forms(most_parts=1), st.integers(0, 99))
@settings(max_examples=100, deadline=None, phases=PHASES)
def test_nothing_comes_again_before_the_pool_is_used_up(parts, seed):
    if find_shortages(parts):
        return
    (only,) = parts
    known = by_item(parts)
    drawn = [known[seat.item] for seat in draw(parts, seed)]
    taken = {one.unit for one in drawn}
    worst = max(one.seen for one in drawn)
    left = [one for one in only.pool if one.unit not in taken]
    assert all(one.seen >= worst for one in left)


@given(forms(most_parts=1, families=False), st.integers(0, 99))
@settings(max_examples=100, deadline=None, phases=PHASES)
def test_nothing_is_given_too_often_while_another_waits(parts, seed):
    if find_shortages(parts):
        return
    (only,) = parts
    known = by_item(parts)
    drawn = [known[seat.item] for seat in draw(parts, seed)]
    limit = max(1, 2 * fmean(one.forms for one in only.pool))
    for one in drawn:
        if one.forms + 1 > limit:
            waiting = [other for other in only.pool if other not in drawn and other.seen <= one.seen]
            assert all(other.forms + 1 > limit for other in waiting)


@given(
    st.lists(POINTS, min_size=12, max_size=60),
    st.integers(4, 12),
    st.integers(0, 999),
)
@settings(max_examples=100, deadline=None, phases=PHASES)
def test_the_mean_difficulty_is_the_pools_within_five_points(points, size, seed):
    pool = [Candidate(number, point) for number, point in enumerate(points)]
    possible = [fmean(sorted(points)[:size]), fmean(sorted(points)[-size:])]
    assert possible[0] <= fmean(points) <= possible[1]
    drawn = draw([part(size, *pool)], seed)
    mean = fmean(points[seat.item] for seat in drawn)
    if abs(mean - fmean(points)) > TOLERANCE:  # then no form of this pool is nearer than one exchange away
        steps = sorted(abs(one - other) for one, other in combinations(set(points), 2))
        assert steps[0] / size > TOLERANCE


def test_a_whole_year_of_forms_is_balanced_spread_and_never_repeats_too_early():
    """40 students take three forms each of 36 items from six pools of 25, their history carried along."""
    chance = random.Random(7)
    points = {number: chance.choice([85.0, 70.0, 55.0, 40.0, 93.0]) for number in range(150)}
    stood: Counter[int] = Counter()
    for student in range(40):
        seen: Counter[int] = Counter()
        for sitting in range(3):
            parts = [
                part(
                    6,
                    *(Candidate(n, points[n], "", seen[n], stood[n]) for n in range(first, first + 25)),
                )
                for first in range(0, 150, 25)
            ]
            items = [seat.item for seat in draw(parts, student * 10 + sitting)]
            target = fmean(fmean(one.points for one in each.pool) for each in parts)
            assert abs(fmean(points[item] for item in items) - target) <= TOLERANCE
            seen.update(items)
            stood.update(items)
        assert max(seen.values()) == 1
    assert max(stood.values()) <= 2 * fmean(stood[number] for number in points)
    assert len(stood) == 150


def test_the_seed_alone_decides():
    parts = [part(5, *of(*range(30)))]
    assert draw(parts, 11, 2) == draw([part(5, *of(*reversed(range(30))))], 11, 2)
    assert len({tuple(draw(parts, seed)) for seed in range(20)}) == 20


def test_what_does_not_count_stands_anywhere_and_in_every_section_by_its_size():
    parts = [part(33, *of(*range(60))), part(2, *of(*range(100, 110))), part(62, *of(*range(200, 300)))]
    places: Counter[int] = Counter()
    sections: Counter[int] = Counter()
    for seed in range(300):
        seats = draw(parts, seed, 10)
        assert len(seats) == 107
        places.update(number for number, seat in enumerate(seats) if not seat.scored)
        sections.update(seat.part for seat in seats if not seat.scored)
    assert len(places) == 107  # each position at some time
    assert [sections[place] / 300 for place in range(3)] == pytest.approx([3.4, 0.2, 6.4], abs=0.2)


def test_what_does_not_count_goes_where_there_is_room():
    seats = draw([part(3, *of(1, 2, 3)), part(1, *of(*range(10, 20)))], 1, 4)
    assert Counter((seat.part, seat.scored) for seat in seats) == {(0, True): 3, (1, True): 1, (1, False): 4}
    with pytest.raises(PoolTooSmall) as short:
        draw([part(3, *of(1, 2, 3, 4))], 1, 2)
    assert short.value.shortages == [Shortage("", 2, 1)]


def test_a_section_that_shares_its_pool_leaves_the_other_one_its_items():
    parts = [part(2, *of(1, 2, 3), title="Wide"), part(1, *of(1), title="Narrow")]
    for seed in range(20):
        assert {seat.item for seat in draw(parts, seed) if seat.part == 1} == {1}


def test_a_shortage_names_each_section():
    parts = [part(3, *of(1), title="A"), part(1, *of(5), title="B"), part(2, title="C")]
    assert find_shortages(parts) == [Shortage("A", 3, 1), Shortage("C", 2, 0)]
    family = [Candidate(1, 70.0, "f"), Candidate(2, 70.0, "f")]
    assert find_shortages([part(2, *family, title="A")]) == [Shortage("A", 2, 1)]


@pytest.mark.parametrize(
    ("stated", "answers", "facility", "points"),
    [("easy", 0, 0.0, 85), ("medium", 29, 20.0, 70), ("hard", 30, 20.0, 20), ("hard", 0, 0.0, 55)],
)
def test_difficulty_is_what_was_measured_once_thirty_answered(stated, answers, facility, points):
    assert difficulty_points(stated, answers, facility) == points


CPC = Length((6, 6, 6, 6, 6, 6, 6, 4, 6, 6, 6, 4, 4, 5, 3, 7, 3, 10), 0, 240)
CCS = Length((33, 2, 2, 2, 19, 10, 19, 10), 10, 240)


def test_shorter_forms_keep_the_proportions_and_the_pace():
    assert shorter(CPC, Fraction(1, 2)) == Length(
        (3, 3, 3, 3, 3, 3, 3, 2, 3, 3, 3, 2, 2, 3, 2, 3, 1, 5), 0, 120
    )
    half = shorter(CCS, Fraction(1, 2))
    assert (sum(half.sizes), half.unscored, half.minutes, half.items) == (49, 5, 120, 54)
    assert sum(shorter(CPC, Fraction(1, 4)).sizes) == 25


def test_a_section_alone_has_its_share_of_everything():
    assert one_section(CCS, 4) == Length((0, 0, 0, 0, 19, 0, 0, 0), 2, 48)
    assert one_section(Length((1, 2), 0, None), 0) == Length((1, 0), 0, None)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=20), st.sampled_from([2, 3, 4]))
def test_a_share_is_apportioned_whole(sizes, by):
    found = apportion(sizes, Fraction(1, by))
    assert abs(sum(found) - sum(sizes) / by) <= 0.5
    assert all(abs(one - size / by) < 1 for one, size in zip(found, sizes, strict=True))
