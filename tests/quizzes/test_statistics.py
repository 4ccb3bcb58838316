"""Item analysis against examples computed by hand, and against its definitions on invented answers."""

import statistics as plain
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.statistics import (
    ENOUGH,
    ItemFigures,
    OptionFigures,
    Quartiles,
    Sums,
    correlation,
    facility,
    histogram,
    quartiles,
    reliability,
)

shares = st.floats(0, 1, allow_nan=False).map(lambda share: round(share, 4))
answers = st.lists(st.tuples(shares, shares), min_size=ENOUGH, max_size=90)


class TestFacility:
    def test_the_interval_is_wilsons(self):
        """18 of 30: (0.6 + z²/60 ± z √(0.6 · 0.4/30 + z²/3600)) / (1 + z²/30) with z = 1.645."""
        found = facility(Sums.of([(1, 0.5)] * 18 + [(0, 0.5)] * 12))
        assert (found.value, found.low, found.high) == pytest.approx((0.6, 0.4506, 0.7329), abs=1e-4)

    def test_29_answers_are_not_enough(self):
        assert facility(Sums.of([(1, 0.5)] * (ENOUGH - 1))) is None
        assert correlation(Sums.of([(1, 1), (0, 0)] * 14)) is None

    @given(answers)
    def test_it_is_the_mean_credit_inside_its_interval(self, pairs):
        found = facility(Sums.of(pairs))
        assert found.value == pytest.approx(plain.fmean(x for x, _ in pairs))
        assert 0 <= found.low <= found.value + 1e-9
        assert found.value - 1e-9 <= found.high <= 1


class TestCorrelation:
    def test_point_biserial_by_hand(self):
        """15 right with rest-scores 0.4 and 0.8, 15 wrong with 0.2 and 0.6 (8 and 7 of each pair):
        (mean right - mean wrong) / s · √(pq), the textbook's formula.
        """
        right = [0.4] * 8 + [0.8] * 7
        wrong = [0.2] * 8 + [0.6] * 7
        by_hand = (plain.fmean(right) - plain.fmean(wrong)) / plain.pstdev(right + wrong) * sqrt(0.25)
        found = correlation(Sums.of([(1, y) for y in right] + [(0, y) for y in wrong]))
        assert found.value == pytest.approx(by_hand)
        assert found.value == pytest.approx(0.4480, abs=1e-4)

    def test_the_interval_is_fishers(self):
        """r = 0.5, n = 30: atanh 0.5493 ± 1.6449/√27 = 0.2327 to 0.8659, back to 0.2286 and 0.6993."""
        found = correlation(Sums(30, 0, 0, 30, 30, 15))
        assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.2286, 0.6993), abs=1e-4)

    def test_an_item_that_all_have_right_has_none(self):
        assert correlation(Sums.of((1, y / 40) for y in range(40))) is None
        assert correlation(Sums.of((x % 2, 0.7) for x in range(40))) is None

    def test_a_perfect_one_has_no_width(self):
        found = correlation(Sums.of((x % 2, x % 2) for x in range(40)))
        assert (found.value, found.low, found.high) == (1, 1, 1)

    @given(answers)
    def test_it_is_pearsons_inside_its_interval(self, pairs):
        found = correlation(Sums.of(pairs))
        if found is not None and min(plain.pvariance(part) for part in zip(*pairs, strict=True)) > 1e-6:
            assert found.value == pytest.approx(plain.correlation(*zip(*pairs, strict=True)), abs=1e-6)
            assert -1 <= found.low <= found.value <= found.high <= 1

    @given(answers, answers)
    def test_sums_add_up(self, some, more):
        together, apart = Sums.of([*some, *more]), Sums.of(some) + Sums.of(more)
        assert together.n == apart.n
        assert together.xy == pytest.approx(apart.xy)


class TestReliability:
    def test_kr20_by_hand(self):
        """Ten each of the patterns 111, 110, 100, 000: pq = 3/16 + 4/16 + 3/16 = 5/8, the variance of the
        totals 3, 2, 1, 0 is 5/4, so KR-20 = 3/2 · (1 - 1/2) = 0.75 and the error √(5/4 · 1/4) = 0.559.
        """
        found = reliability([3 / 16, 4 / 16, 3 / 16], 5 / 4, 40, binary=True)
        assert (found.name, found.alpha.value, found.error) == (
            "KR-20",
            0.75,
            pytest.approx(0.5590, abs=1e-4),
        )
        assert found.error_percent == pytest.approx(18.634, abs=1e-3)

    def test_the_interval_is_bonetts(self):
        """ln 0.25 = -1.3863 ± 1.6449 · √(6/(2 · 38)) = -1.8485 to -0.9241: 1 - 0.3969 to 1 - 0.1575."""
        found = reliability([3 / 16, 4 / 16, 3 / 16], 5 / 4, 40, binary=False)
        assert found.name == "Cronbach's alpha"
        assert (found.alpha.low, found.alpha.high) == pytest.approx((0.6031, 0.8425), abs=1e-4)

    @pytest.mark.parametrize(
        ("variances", "total", "sittings"),
        [([0.2] * 3, 1.0, ENOUGH - 1), ([0.2], 0.2, 40), ([0.0, 0.0], 0.0, 40)],
        ids=["too few sittings", "one item", "all totals alike"],
    )
    def test_it_is_not_made_up(self, variances, total, sittings):
        assert reliability(variances, total, sittings, binary=True) is None

    @given(st.lists(st.lists(shares, min_size=4, max_size=4), min_size=ENOUGH, max_size=60))
    def test_alpha_never_exceeds_one_and_the_error_never_the_spread_by_much(self, sittings):
        columns = list(zip(*sittings, strict=True))
        total = plain.pvariance([sum(one) for one in sittings])
        found = reliability([plain.pvariance(one) for one in columns], total, len(sittings), binary=False)
        if found is not None:
            assert found.alpha.value <= 1 + 1e-9
            assert found.error**2 == pytest.approx(total * (1 - found.alpha.value), abs=1e-9)
            assert found.alpha.low <= found.alpha.value + 1e-9


def option(name, thirds, *, key=False):
    return OptionFigures(name, key, thirds, 0.5)


def item(right, wrong, *options, rest=(0.8, 0.4)):
    """A single best answer: `right` answers with the first rest-score, `wrong` with the second, each a
    little spread.
    """
    pairs = [(1, rest[0] + n % 2 / 10) for n in range(right)] + [
        (0, rest[1] + n % 2 / 10) for n in range(wrong)
    ]
    thirds = tuple(sum(each.thirds[n] for each in options) for n in range(3))
    return ItemFigures(right + wrong, Sums.of(pairs), thirds, options, one_of=4)


class TestDoubts:
    sound = (
        option("a", (4, 2, 1)),
        option("b", (4, 8, 12), key=True),
        option("c", (3, 2, 1)),
        option("d", (3, 1, 0)),
    )

    def test_a_sound_item_raises_none(self):
        assert item(24, 17, *self.sound).doubts == []

    def test_five_answers_raise_none_whatever_they_are(self):
        assert item(0, 5, option("a", (0, 0, 5)), option("b", (0, 0, 0), key=True)).doubts == []

    def test_a_negative_correlation_needs_its_whole_interval_below_zero(self):
        assert item(24, 17, *self.sound, rest=(0.3, 0.8)).doubts == [
            "Stronger students do worse: the correlation is −0.98, surely below 0 (−0.99 to −0.97)."
        ]
        assert item(24, 17, *self.sound, rest=(0.5, 0.51)).doubts == []

    def test_below_chance(self):
        options = (
            option("a", (4, 4, 2)),
            option("b", (1, 1, 2), key=True),
            option("c", (9, 9, 0)),
            option("d", (8, 8, 2)),
        )
        assert item(4, 46, *options).doubts == [
            "Harder than guessing: 8% have it right, at most 17%; chance gives 25%."
        ]
        assert item(10, 40, *options).doubts == []  # 20%, and up to 30%

    def test_a_distractor_that_draws_the_upper_third(self):
        options = (
            option("a", (3, 3, 14)),
            option("b", (7, 7, 4), key=True),
            option("c", (3, 3, 1)),
            option("d", (3, 2, 1)),
        )
        assert item(18, 33, *options).doubts == [
            "A draws more of the upper third than the key: 14 against 4."
        ]
        close = (option("a", (3, 3, 9)), option("b", (7, 7, 7), key=True), *options[2:])
        assert item(21, 28, *close).doubts == []

    def test_distractors_that_nobody_chose(self):
        options = (
            option("a", (0, 0, 0)),
            option("b", (9, 9, 9), key=True),
            option("c", (4, 4, 2)),
            option("d", (0, 0, 0)),
        )
        assert item(27, 10, *options).doubts == ["Nobody of 37 chose A, D: distractors for at most 7%."]


@given(st.lists(st.floats(0, 1e5), min_size=2, max_size=50))
def test_quartiles_are_the_inclusive_ones(values):
    low, median, high = plain.quantiles(values, n=4, method="inclusive")
    assert quartiles(values) == Quartiles(pytest.approx(low), pytest.approx(median), pytest.approx(high))


def test_no_values_have_no_quartiles():
    assert quartiles([]) is None
    assert quartiles([7.0]) == Quartiles(7, 7, 7)


def test_a_full_score_belongs_to_the_last_step():
    counts = histogram([0, 4.99, 5, 69.996, 70, 100, 95])
    assert {step * 5: count for step, count in enumerate(counts) if count} == {
        0: 2,
        5: 1,
        65: 1,
        70: 1,
        95: 2,
    }
    assert len(counts) == 20
