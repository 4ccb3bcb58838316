"""Modified Angoff: a pass mark from what judges expect of a barely competent candidate. Pure.

Each judge says of each item which percent of barely competent candidates would answer it right. A judge's
mean over the items is the pass mark that this judge asks for; the cut score is the mean of the judges'
(Angoff 1971, in Educational Measurement; Cizek and Bunch 2007, Standard Setting, chapter 6).
"""

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from math import sqrt
from statistics import fmean, stdev
from typing import Any

COLUMNS = ("judge", "item", "percent")
LARGEST = 512 * 1024  # bytes of a file; 20 judges of 200 items write about 150 KB
MOST_RATINGS = 10_000
LONGEST_NAME = 80
FEWEST_JUDGES = 2
_NAMED = 20  # problems and items that a message lists


@dataclass(frozen=True)
class Rating:
    judge: str
    item: str
    percent: Decimal

    @property
    def written(self) -> str:
        return f"{self.percent.normalize():f}"

    @property
    def kept(self) -> dict[str, Any]:
        """As CutScore.ratings has it."""
        return {"judge": self.judge, "item": self.item, "percent": self.written}


@dataclass(frozen=True)
class ItemFigures:
    """What the judges say of one item, in percent; apart: from the lowest rating to the highest."""

    item: str
    mean: float
    apart: float


@dataclass(frozen=True)
class Summary:
    """percent: the cut score, to two places. spread: the standard deviation of the judges' means, error: the
    standard error of the cut score, in points. items: those that the judges disagree most about first.
    """

    percent: Decimal
    judges: list[tuple[str, float]]
    spread: float
    error: float
    items: list[ItemFigures]


def kept_ratings(rows: Iterable[Mapping[str, Any]]) -> list[Rating]:
    return [Rating(row["judge"], row["item"], Decimal(row["percent"])) for row in rows]


def read_ratings(
    text: str, known: Collection[str], needed: Collection[str]
) -> tuple[list[Rating], list[str]]:
    """The ratings of a CSV with the columns judge, item, percent, or every problem with it in words.

    known: the items that may be rated; needed: those that each judge must rate. Where the exam draws its
    items nothing is needed, and each judge rates what any of them rates.
    """
    try:
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    except csv.Error as error:
        return [], [f"The file cannot be read as CSV: {error}."]
    head = [cell.strip().lower() for cell in rows[0]] if rows else []
    if not set(COLUMNS) <= set(head):
        return [], [f"The first line must name the columns {', '.join(COLUMNS)}."]
    if len(rows) - 1 > MOST_RATINGS:
        return [], [f"There are more than {MOST_RATINGS:,} lines."]
    places = [head.index(name) for name in COLUMNS]
    ratings: dict[tuple[str, str], Rating] = {}
    problems = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = [_plain(row[place]) if place < len(row) else "" for place in places]
        rating = _rating(cells, known)
        if isinstance(rating, str):
            problems.append(f"Line {number}: {rating}.")
        elif (rating.judge, rating.item) in ratings:
            problems.append(f"Line {number}: {rating.judge} rates {rating.item} twice.")
        else:
            ratings[rating.judge, rating.item] = rating
    problems += _missing(ratings, needed) if not problems else []
    return list(ratings.values()), _shortened(problems)


def _plain(cell: str) -> str:
    """Without the apostrophe by which our own files keep a spreadsheet from running a text."""
    return cell.strip().removeprefix("'")


def _rating(cells: Sequence[str], known: Collection[str]) -> Rating | str:
    judge, item, written = cells
    if not judge or len(judge) > LONGEST_NAME or not judge.isprintable():
        return f"the judge's name must have 1 to {LONGEST_NAME} characters"
    if item not in known:
        return f"the exam has no item {item[:LONGEST_NAME]!r}"
    try:
        percent = Decimal(written.removesuffix("%").strip())
    except InvalidOperation:
        return f"{written[:LONGEST_NAME]!r} is no number"
    if not percent.is_finite() or not 0 <= percent <= 100:
        return "the percent lies between 0 and 100"
    return Rating(judge, item, _rounded(percent, "0.01"))


def _missing(ratings: Mapping[tuple[str, str], Rating], needed: Collection[str]) -> list[str]:
    judges = sorted({judge for judge, _ in ratings})
    if len(judges) < FEWEST_JUDGES:
        return [f"Modified Angoff needs at least {FEWEST_JUDGES} judges; the file names {len(judges)}."]
    wanted = sorted(set(needed) | {item for _, item in ratings})
    found = []
    for judge in judges:
        lacking = [item for item in wanted if (judge, item) not in ratings]
        if lacking:
            found.append(f"{judge} has not rated {_listed(lacking)}.")
    return found


def _listed(items: Sequence[str]) -> str:
    more = len(items) - _NAMED
    return ", ".join(items[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _shortened(problems: list[str]) -> list[str]:
    more = len(problems) - _NAMED
    return [*problems[:_NAMED], f"And {more} more."] if more > 0 else problems


def summarize(ratings: Sequence[Rating]) -> Summary:
    """Of ratings without a problem."""
    by_judge: dict[str, list[Decimal]] = defaultdict(list)
    by_item: dict[str, list[Decimal]] = defaultdict(list)
    for one in ratings:
        by_judge[one.judge].append(one.percent)
        by_item[one.item].append(one.percent)
    exact = [sum(percents, Decimal()) / len(percents) for percents in by_judge.values()]
    means = [float(mean) for mean in exact]
    spread = stdev(means)
    items = [
        ItemFigures(item, fmean(map(float, percents)), float(max(percents) - min(percents)))
        for item, percents in by_item.items()
    ]
    return Summary(
        percent=_rounded(sum(exact, Decimal()) / len(exact), "0.01"),
        judges=list(zip(by_judge, means, strict=True)),
        spread=spread,
        error=spread / sqrt(len(means)),
        items=sorted(items, key=lambda one: (-one.apart, one.item)),
    )


def whole_percent(percent: Decimal) -> int:
    """The pass mark of an exam: rounded to the whole percent, a half up."""
    return int(_rounded(percent, "1"))


def _rounded(number: Decimal, to: str) -> Decimal:
    return number.quantize(Decimal(to), rounding=ROUND_HALF_UP)
