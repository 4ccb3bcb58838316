"""Classical item analysis: how hard an item is, whether it tells the able from the others, what its
distractors do, how reliable a form is. Pure figures from sums that the database has added up.

Nothing is said from fewer than ENOUGH answers. Every interval is a 90% one. Sources: L. Crocker and
J. Algina, "Introduction to Classical and Modern Test Theory", 1986 (facility, corrected correlation, KR-20,
alpha, standard error of measurement); E. B. Wilson, 1927 (shares); R. A. Fisher, 1921 (correlations);
D. G. Bonett, "Sample size requirements for testing and estimating coefficient alpha", 2002.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import atanh, exp, log, sqrt, tanh

from quizzes.intervals import Z_90, wilson

ENOUGH = 30  # answers, or sittings, before a figure is shown
THIRDS = ("Lower third", "Middle third", "Upper third")
_FLAT = 1e-9  # what a sum of squares keeps of rounding when every value was the same


@dataclass(frozen=True)
class Estimate:
    """A figure with its 90% interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Quartiles:
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Sums:
    """Over some answers to one item: x is the credit, y the rest-score, each in [0, 1].

    The rest-score is the share that the student earned of all other items that count. To take the item out of
    its own total keeps it from correlating with itself.
    """

    n: int = 0
    x: float = 0.0
    y: float = 0.0
    xx: float = 0.0
    yy: float = 0.0
    xy: float = 0.0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.n + other.n,
            self.x + other.x,
            self.y + other.y,
            self.xx + other.xx,
            self.yy + other.yy,
            self.xy + other.xy,
        )

    @classmethod
    def of(cls, pairs: Iterable[tuple[float, float]]) -> "Sums":
        return sum((cls(1, x, y, x * x, y * y, x * y) for x, y in pairs), cls())

    @property
    def rest(self) -> float | None:
        """The mean rest-score."""
        return self.y / self.n if self.n else None

    @property
    def variance(self) -> float:
        """Of the credit, over n: p(1 - p) for an item that is right or wrong."""
        return max(0.0, self.xx / self.n - (self.x / self.n) ** 2) if self.n else 0.0


def facility(sums: Sums) -> Estimate | None:
    """The mean credit with Wilson's interval, which is wide enough for part credits too."""
    return mean_share(sums.x, sums.n) if sums.n >= ENOUGH else None


def mean_share(total: float, n: int) -> Estimate:
    """The mean of n shares in [0, 1] that add up to `total`, with Wilson's interval.

    A share varies at most as much as a yes or no with the same mean: the interval is never too narrow.
    """
    return Estimate(total / n if n else 0.0, *wilson(total, n))


def correlation(sums: Sums) -> Estimate | None:
    """The corrected item-total correlation: Pearson's of credit and rest-score, for an item that is right or
    wrong the point-biserial. Fisher's interval. None where there are too few, or where one of the two does
    not vary.
    """
    if sums.n < ENOUGH:
        return None
    spread_x = sums.xx - sums.x * sums.x / sums.n
    spread_y = sums.yy - sums.y * sums.y / sums.n
    if spread_x <= _FLAT or spread_y <= _FLAT:
        return None
    r = max(-1.0, min(1.0, (sums.xy - sums.x * sums.y / sums.n) / sqrt(spread_x * spread_y)))
    if abs(r) >= 1 - _FLAT:
        return Estimate(r, r, r)
    half = Z_90 / sqrt(sums.n - 3)
    return Estimate(r, tanh(atanh(r) - half), tanh(atanh(r) + half))


@dataclass(frozen=True)
class Reliability:
    """alpha: Cronbach's, which is KR-20 where every item is right or wrong (`binary`).

    error: the standard error of measurement, in items; sittings: how many it rests on.
    """

    alpha: Estimate
    error: float
    items: int
    sittings: int
    binary: bool

    @property
    def name(self) -> str:
        return "KR-20" if self.binary else "Cronbach's alpha"

    @property
    def error_percent(self) -> float:
        return 100 * self.error / self.items


def reliability(
    item_variances: Sequence[float], total_variance: float, sittings: int, *, binary: bool
) -> Reliability | None:
    """Of items that all took: variances over n, the total being the sum of the items' credits.

    None where there are too few sittings, a single item, or no spread of totals. The interval is Bonett's:
    ln(1 - alpha) is about normal with variance 2k / ((k - 1)(n - 2)).
    """
    k = len(item_variances)
    if sittings < ENOUGH or k < 2 or total_variance <= _FLAT:
        return None
    alpha = min(1.0, k / (k - 1) * (1 - sum(item_variances) / total_variance))
    error = sqrt(total_variance * (1 - alpha))
    if alpha >= 1 - _FLAT:
        return Reliability(Estimate(alpha, alpha, alpha), error, k, sittings, binary)
    half = Z_90 * sqrt(2 * k / ((k - 1) * (sittings - 2)))
    low, high = 1 - exp(log(1 - alpha) + half), 1 - exp(log(1 - alpha) - half)
    return Reliability(Estimate(alpha, low, high), error, k, sittings, binary)


@dataclass(frozen=True)
class OptionFigures:
    """Who chose an option: thirds as in THIRDS, how many of each; rest: their mean rest-score."""

    id: str
    is_key: bool
    thirds: tuple[int, int, int]
    rest: float | None

    @property
    def chosen(self) -> int:
        return sum(self.thirds)


@dataclass(frozen=True)
class ItemFigures:
    """An item as the students met it. asked: in how many sittings; the rest is of those that answered it.

    thirds: how many of the answers are from students of each third by their total; ties stay together.
    options: for items with options, in their order. one_of: how many options, where one of them is the key.
    """

    asked: int
    sums: Sums
    thirds: tuple[int, int, int]
    options: tuple[OptionFigures, ...] = ()
    one_of: int | None = None
    seconds: Quartiles | None = None

    @property
    def answers(self) -> int:
        return self.sums.n

    @property
    def enough(self) -> bool:
        return self.answers >= ENOUGH

    @property
    def facility(self) -> Estimate | None:
        return facility(self.sums)

    @property
    def correlation(self) -> Estimate | None:
        return correlation(self.sums)

    @property
    def why_no_correlation(self) -> str:
        """Of enough answers without one: nothing goes with what does not vary."""
        return "all earned the same" if self.sums.variance * self.sums.n <= _FLAT else "all alike on the rest"

    @property
    def doubts(self) -> list[str]:
        """What is wrong with the item, in a sentence each; only what its whole interval bears out."""
        return [*_of_figures(self), *_of_options(self)] if self.enough else []


def _of_figures(item: ItemFigures) -> Iterable[str]:
    r, share = item.correlation, item.facility
    if r and r.high < 0:
        yield (
            f"Stronger students do worse: the correlation is {signed(r.value)}, "
            f"surely below 0 ({signed(r.low)} to {signed(r.high)})."
        )
    if share and item.one_of and share.high < 1 / item.one_of:
        yield (
            f"Harder than guessing: {share.value:.0%} have it right, at most {share.high:.0%}; "
            f"chance gives {1 / item.one_of:.0%}."
        )


def _of_options(item: ItemFigures) -> Iterable[str]:
    wrong = [option for option in item.options if not option.is_key]
    if item.one_of:
        key = next(option.thirds[2] for option in item.options if option.is_key)
        for option in wrong:
            drawn = option.thirds[2]
            # Of those of the upper third who chose one of the two: surely more than half.
            if drawn > key and wilson(drawn, drawn + key)[0] > 0.5:
                yield f"{letter(option)} draws more of the upper third than the key: {drawn} against {key}."
    idle = [letter(option) for option in wrong if not option.chosen]
    if idle:
        most = max(0.01, wilson(0, item.answers)[1])
        yield (
            f"Nobody of {item.answers} chose {', '.join(idle)}: "
            f"{'a distractor' if len(idle) == 1 else 'distractors'} for at most {most:.0%}."
        )


def letter(option: OptionFigures) -> str:
    return option.id.upper() if len(option.id) == 1 else option.id


def signed(number: float) -> str:
    """A correlation as it is printed: two places, a real minus sign."""
    return f"{number:.2f}".replace("-", "−")


def quartiles(values: Sequence[float]) -> Quartiles | None:
    """Linear between the neighbours, as PostgreSQL's percentile_cont."""
    if not values:
        return None
    ordered = sorted(values)

    def at(share: float) -> float:
        place = share * (len(ordered) - 1)
        below = int(place)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (place - below) * (ordered[above] - ordered[below])

    return Quartiles(at(0.25), at(0.5), at(0.75))


BIN = 5  # percent


def histogram(scores: Iterable[float]) -> list[int]:
    """Scores in percent by steps of BIN; a full 100 belongs to the last."""
    counts = [0] * (100 // BIN)
    for score in scores:
        counts[min(int(score // BIN), len(counts) - 1)] += 1
    return counts
