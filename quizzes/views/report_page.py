"""What the page of a score report shows: figures beside their plots, tables, and where to go from here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.safestring import SafeString

from codesets.systems import SYSTEMS, System
from quizzes import reports, study
from quizzes.answer_changes import count_changes
from quizzes.calibration import Calibration, level_name
from quizzes.claim_scores import averaged
from quizzes.intervals import wilson
from quizzes.mistakes import Mistake, find_mistakes
from quizzes.models import Attempt
from quizzes.pass_marks import NOT_SCALED, mark_source
from quizzes.releases import Shown
from quizzes.report_words import certainty, scope_words, tried_words
from quizzes.views.graded import grade_items, in_short, kind_of_mistake, verdict_of
from quizzes.views.report_lists import places_to_read, to_look_at

PER_PAGE = 20  # items with their keys and reasons; a hundred of them would weigh more than a first visit may
SLOWEST = 5
SAID = 10  # misconceptions and findings that are listed; each stands with its item as well


@dataclass(frozen=True)
class PlottedShare:
    """Percents, 0 to 100. below: at least four fifths of the interval lie below the pass mark."""

    title: str
    right: int
    items: int
    share: int
    low: float
    high: float
    below: bool = False

    @property
    def width(self) -> float:
        return self.high - self.low

    @property
    def point(self) -> float:
        """Where the mark of the share starts; half its width to the left, inside the drawing."""
        return min(max(self.share - 0.45, 0), 99.1)


@dataclass(frozen=True)
class PlottedTime:
    """seconds: of the measured items; mean: of one; width: of its bar, 0 to 100. over: the pace."""

    title: str
    items: int
    seconds: int
    mean: int
    width: float
    over: bool


@dataclass(frozen=True)
class Times:
    """pace: the seconds that the clock gives each item, None without a clock; pace_at: where its line stands.

    unmeasured: how many items the page could not time.
    """

    rows: list[PlottedTime]
    pace: float | None
    pace_at: float
    unmeasured: int


@dataclass(frozen=True)
class ItemRow:
    """An item in the table of all; href leads to its key and reasons."""

    position: int
    href: str
    section: str
    answer: str
    key: str
    verdict: str
    kind: str
    severity: str
    seconds: int
    sure: str
    saved_at: Any
    scored: bool
    changed: str


@dataclass(frozen=True)
class ItemLink:
    position: int
    href: str


@dataclass(frozen=True)
class Named:
    """What several items have in common: a kind of mistake, a way of changing, a place in the books.

    name: words, or a link; source: {"url", ...} where the words of the book stand.
    """

    name: SafeString | str
    meaning: str
    items: list[ItemLink]
    source: Mapping[str, str] | None = None


def report_page(attempt: Attempt, seen: Shown, query: QueryDict) -> dict[str, Any]:
    """The context of the page; what tells of single items is absent unless `seen` is ALL.

    query: `page` of the items in full, `show=wrong` for those alone that were not right.
    """
    result = reports.report(attempt, seen)
    return {
        "report": result,
        "received": result.answered,
        "total": result.asked,
        "wrong": result.total - result.right,
        "low": round(100 * result.low),
        "high": round(100 * result.high),
        "certainty": certainty(result),
        "scope": scope_words(attempt, result),
        "tried": tried_words(result),
        "mark_source": mark_source(attempt),
        "not_scaled": NOT_SCALED if attempt.exam.blueprint_id else "",
        "seconds": result.time.total_seconds(),
        "minutes_given": result.time_allowed.total_seconds() / 60 if result.time_allowed else None,
        "sections": [_plotted(section, result.pass_mark) for section in result.weakest_first],
        "together": [_plotted(part, result.pass_mark) for part in result.together],
        "times": _times(result),
        "study": study.suggest(attempt.user_id, result.missed_domains),
        **(_of_items(result, query) if seen == Shown.ALL else {}),
    }


def _of_items(result: reports.Report, query: QueryDict) -> dict[str, Any]:
    wrong_only = query.get("show") == "wrong"
    listed = [item for item in result.items if not (wrong_only and item.right)]
    page = Paginator(listed, PER_PAGE).get_page(query.get("page"))
    in_full = list(page.object_list)
    here = {item.position for item in in_full}
    rows = [_row(item, place, here) for place, item in enumerate(result.items)]
    links = {row.position: ItemLink(row.position, row.href) for row in rows}
    counted = [item for item in result.items if item.scored]
    mistakes, changes = find_mistakes(counted), count_changes(counted)
    return {
        "rows": rows,
        "page": page,
        "items": grade_items(in_full),
        "wrong_only": wrong_only,
        "releases": _releases(result.items),
        "claim_scores": averaged(result.claim_scores, result.claims),
        "changes": [Named(row.words, "", _linked(row.positions, links)) for row in changes.rows],
        "changes_said": changes.said,
        "changed": changes.total,
        "kinds": _named(mistakes.kinds, links),
        "misconceptions": _named(mistakes.misconceptions[:SAID], links),
        "findings": _named(mistakes.findings[:SAID], links),
        "sure": _sure(result.calibration),
        "slowest": sorted((row for row in rows if row.seconds), key=lambda row: -row.seconds)[:SLOWEST],
        "look_at": [(links[position], words) for position, words in to_look_at(result.items)],
        "reading": [
            Named(link, "", _linked(positions, links)) for link, positions in places_to_read(result.items)
        ],
    }


def _linked(positions: Iterable[int], links: Mapping[int, ItemLink]) -> list[ItemLink]:
    return [links[position] for position in positions]


def _named(found: Iterable[Mistake], links: Mapping[int, ItemLink]) -> list[Named]:
    return [Named(one.name, one.meaning, _linked(one.positions, links), one.source) for one in found]


def _row(item: reports.ItemFeedback, place: int, here: set[int]) -> ItemRow:
    """place: from 0, in the list of all items."""
    verdict, severity = verdict_of(item)
    answer, key = in_short(item)
    where = "" if item.position in here else "?" + urlencode({"page": place // PER_PAGE + 1})
    return ItemRow(
        position=item.position,
        href=f"{where}#item-{item.position}",
        section=item.section,
        answer=answer,
        key=key,
        verdict=verdict,
        kind=kind_of_mistake(item),
        severity=severity,
        seconds=item.seconds,
        sure=level_name(item.sure),
        saved_at=item.saved_at if item.answer is not None else None,
        scored=item.scored,
        changed=item.first.answer_text if item.first else "",
    )


def _plotted(section: reports.SectionResult, pass_mark: int) -> PlottedShare:
    low, high = 100 * section.low, 100 * section.high
    below = high > low and (min(pass_mark, high) - low) / (high - low) >= 0.8
    return PlottedShare(
        section.title, section.right, section.items, round(100 * section.share), low, high, below
    )


def _sure(calibration: Calibration) -> list[PlottedShare]:
    rows = []
    for level in calibration.levels:
        low, high = wilson(level.right, level.answers)
        rows.append(
            PlottedShare(level.name, level.right, level.answers, level.percent, 100 * low, 100 * high)
        )
    return rows


def _times(result: reports.Report) -> Times:
    """The mean of an item, section by section in the order of the exam, beside what the clock gives it."""
    pace = (
        result.time_allowed.total_seconds() / result.asked if result.time_allowed and result.asked else None
    )
    timed = [(one, round(one.seconds / one.measured)) for one in result.sections if one.measured]
    longest = max([pace or 0, *(mean for _, mean in timed)])
    rows = [
        PlottedTime(
            title=section.title,
            items=section.measured,
            seconds=section.seconds,
            mean=mean,
            width=100 * mean / longest,
            over=pace is not None and mean > pace,
        )
        for section, mean in timed
    ]
    measured = sum(section.measured for section in result.sections)
    return Times(rows, pace, 100 * pace / longest if pace else 0, result.asked - measured)


def _releases(items: Iterable[reports.ItemFeedback]) -> str:
    labels = {system: label for item in items for system, label in item.releases.items()}
    return ", ".join(f"{SYSTEMS[System(system)].name} {label}" for system, label in sorted(labels.items()))
