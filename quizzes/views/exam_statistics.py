"""A mock exam over a cohort, and what its items do: for instructors their own students, for admins all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from accounts.models import Cohort
from accounts.permissions import Permission, SignedInRequest, require
from accounts.selectors import cohorts_of
from codesets.spreadsheet import csv_text
from quizzes import exam_results, exam_statistics
from quizzes.exam_results import Results, StudentRow
from quizzes.exam_statistics import ItemRow, ItemTable
from quizzes.kinds import KINDS, option_text
from quizzes.models import Exam
from quizzes.pools import closed_among
from quizzes.statistics import BIN, ENOUGH, THIRDS, Estimate, ItemFigures, OptionFigures, letter

STUDENTS = 50
ITEMS = 100
NAMES = 200  # of those who have not sat, on the page; the file has all


@dataclass(frozen=True)
class Report:
    """Which exam, narrowed to which cohort; query: the address of the other pages about the same."""

    exam: Exam
    cohort: Cohort | None
    cohorts: list[Cohort]

    @property
    def query(self) -> str:
        return "?" + urlencode({"cohort": self.cohort.pk}) if self.cohort else ""

    @property
    def file_name(self) -> str:
        return f"{self.exam.slug}-cohort-{self.cohort.pk}" if self.cohort else self.exam.slug


@dataclass(frozen=True)
class Bar:
    """A step of the distribution: percent from and to, how many, and its place in the drawing."""

    low: int
    high: int
    count: int
    x: float
    height: float
    passing: bool

    @property
    def y(self) -> float:
        return HEIGHT - self.height


@dataclass(frozen=True)
class Plotted:
    """An estimate on an axis of 100 units."""

    estimate: Estimate
    low: float
    width: float
    point: float


@dataclass(frozen=True)
class OptionRow:
    """An option or an answer. shares: of each third in percent, None for a third of nobody; share: of all."""

    figures: OptionFigures
    name: str
    text: str
    share: float
    shares: list[float | None]


WIDTH, HEIGHT = 400, 100


def _report(request: SignedInRequest, slug: str) -> Report:
    exam = exam_results.reported_exam(request.user, slug)
    cohort = exam_results.chosen_cohort(request.user, request.GET.get("cohort", ""))
    return Report(exam, cohort, list(cohorts_of(request.user)))


def _results(request: SignedInRequest, report: Report) -> Results:
    return exam_results.results(report.exam, exam_results.students_seen(request.user, report.cohort))


def _items(request: SignedInRequest, report: Report) -> ItemTable:
    students = exam_results.students_seen(request.user, report.cohort)
    return exam_statistics.item_table(report.exam, exam_results.first_sittings(report.exam, students))


@require_GET
@require(Permission.SEE_COHORTS)
def exam_results_list(request: SignedInRequest) -> HttpResponse:
    context = {"nav": "teaching", "exams": exam_results.exam_summaries(request.user)}
    return render(request, "quizzes/exam_results_list.html", context)


@gzip_page
@require_GET
@require(Permission.SEE_COHORTS)
def exam_results_page(request: SignedInRequest, slug: str) -> HttpResponse:
    report = _report(request, slug)
    found = _results(request, report)
    # What every sitting began with; where that differs, none is drawn.
    pass_mark = found.pass_marks[0] if len(found.pass_marks) == 1 else None
    context = {
        "nav": "teaching",
        "report": report,
        "exam": report.exam,
        "results": found,
        "pass_mark": pass_mark,
        "bars": _bars(found.histogram, pass_mark),
        "plot_width": WIDTH,
        "plot_height": HEIGHT,
        "pass_at": WIDTH * (pass_mark or 0) / 100,
        "sections": [(section, _plotted(section.share)) for section in found.sections],
        "page": Paginator(found.sat, STUDENTS).get_page(request.GET.get("page")),
        "missing": found.missing[:NAMES],
        "more_missing": max(0, len(found.missing) - NAMES),
    }
    return render(request, "quizzes/exam_results.html", context)


@require_GET
@require(Permission.SEE_COHORTS)
def exam_results_csv(request: SignedInRequest, slug: str) -> HttpResponse:
    """A line a student, those without a sitting too."""
    report = _report(request, slug)
    found = _results(request, report)
    head = ["Student", "E-mail", "Standing", "Score, percent", "Passed", "Minutes", "Started", "Finished"]
    lines = [_student_line(row) for row in [*found.sat, *found.missing]]
    return _csv(
        [[*head, "Further sittings", "Best whole form, percent"], *lines], f"{report.file_name}-results"
    )


def _student_line(row: StudentRow) -> list[object]:
    first = row.first
    if first is None:
        return [row.name, row.email, row.standing, *[""] * 5, row.further, _plain(row.best, 2)]
    times = [
        timezone.localtime(at).isoformat(timespec="seconds") if at else ""
        for at in (first.started_at, first.finished_at)
    ]
    passed = "yes" if first.passed else "no"
    return [
        *(row.name, row.email, "graded", first.score, passed, _plain(row.minutes, 1), *times),
        *(row.further, _plain(row.best, 2)),
    ]


@gzip_page
@require_GET
@require(Permission.SEE_COHORTS)
def exam_items(request: SignedInRequest, slug: str) -> HttpResponse:
    report = _report(request, slug)
    table = _items(request, report)
    page = Paginator([row for row in table.rows if not row.trial], ITEMS).get_page(request.GET.get("page"))
    context = {
        "nav": "teaching",
        "report": report,
        "exam": report.exam,
        "table": table,
        "enough": ENOUGH,
        "doubtful": sum(bool(row.doubts) for row in table.rows),
        "page": page,
        "rows": [_shown(row) for row in page.object_list],
        "trials": [_shown(row) for row in table.rows if row.trial],
    }
    return render(request, "quizzes/exam_items.html", context)


@gzip_page
@require_GET
@require(Permission.SEE_COHORTS)
def exam_item(request: SignedInRequest, slug: str, item: str, number: int) -> HttpResponse:
    report = _report(request, slug)
    table = _items(request, report)
    row = next((row for row in table.rows if row.key == (item, number)), None)
    if row is None:
        raise Http404
    figures, is_closed = row.figures, bool(closed_among([row.version.item]))
    context = {
        "nav": "teaching",
        "report": report,
        "exam": report.exam,
        "row": row,
        "item": row.version.item,
        "enough": ENOUGH,
        "left_empty": figures.asked - figures.answers,
        "closed": is_closed,
        "options": [] if is_closed else _option_rows(row),
        "thirds": list(zip(THIRDS, figures.thirds, strict=True)),
        **_shown(row),
    }
    return render(request, "quizzes/exam_item.html", context)


@require_GET
@require(Permission.SEE_COHORTS)
def exam_items_csv(request: SignedInRequest, slug: str) -> HttpResponse:
    """A line an item, and of an item with options their shares; empty where there are too few answers."""
    report = _report(request, slug)
    head = [
        *("Item", "Version", "Kind", "Section", "Trial in sittings", "Asked", "Answers"),
        *("Facility", "Facility low", "Facility high", "Correlation", "Correlation low", "Correlation high"),
        *(
            "Seconds quartile 1",
            "Seconds median",
            "Seconds quartile 3",
            "Doubts",
            "Chosen, of all and by third",
        ),
    ]
    rows = _items(request, report).rows
    closed = closed_among(row.version.item for row in rows)
    lines = [_item_line(row, row.version.item.pk in closed) for row in rows]
    return _csv([head, *lines], f"{report.file_name}-items")


def _item_line(row: ItemRow, is_closed: bool) -> list[object]:
    figures, seconds = row.figures, row.figures.seconds if row.figures.enough else None
    times = [seconds.low, seconds.median, seconds.high] if seconds else [None] * 3
    chosen = "; ".join(
        f"{one.name}{' (key)' if one.figures.is_key else ''}: {one.figures.chosen} "
        f"({', '.join(map(str, one.figures.thirds))})"
        for one in (_option_rows(row) if figures.enough and not is_closed else [])
    )
    return [
        *(row.version.item.slug, row.version.number, KINDS[row.version.item.kind].name, row.section),
        *(row.tried, figures.asked, figures.answers),
        *_cells(figures.facility),
        *_cells(figures.correlation),
        *(_plain(time, 0) for time in times),
        " ".join(row.doubts),
        chosen,
    ]


def _cells(found: Estimate | None) -> list[object]:
    return [_plain(part, 3) for part in (found.value, found.low, found.high)] if found else [""] * 3


def _plain(number: float | None, places: int) -> object:
    return "" if number is None else round(number, places)


def _csv(rows: Iterable[Sequence[object]], name: str) -> HttpResponse:
    response = HttpResponse(csv_text(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _bars(counts: list[int], pass_mark: int | None) -> list[Bar]:
    """passing: the whole step reaches the pass mark; without one, none does."""
    most = max(counts, default=0) or 1
    step = WIDTH / len(counts)
    return [
        Bar(
            low=n * BIN,
            high=(n + 1) * BIN,
            count=count,
            x=n * step,
            height=HEIGHT * count / most,
            passing=pass_mark is not None and n * BIN >= pass_mark,
        )
        for n, count in enumerate(counts)
    ]


def _plotted(share: Estimate) -> Plotted:
    """A share in [0, 1]."""
    return Plotted(share, 100 * share.low, 100 * (share.high - share.low), _point(100 * share.value))


def _plotted_correlation(r: Estimate) -> Plotted:
    """Minus one to one over the same axis, so that 0 stands in the middle."""
    return Plotted(r, 50 + 50 * r.low, 50 * (r.high - r.low), _point(50 + 50 * r.value))


def _point(at: float) -> float:
    """Where a mark of nearly one unit starts, inside the drawing."""
    return min(max(at - 0.45, 0), 99.1)


def _shown(row: ItemRow) -> dict[str, Any]:
    figures: ItemFigures = row.figures
    share, r = figures.facility, figures.correlation
    return {
        "row": row,
        "figures": figures,
        "facility": _plotted(share) if share else None,
        "correlation": _plotted_correlation(r) if r else None,
    }


def _option_rows(row: ItemRow) -> list[OptionRow]:
    """Options with their letter and text; where answers are free, the answers themselves."""
    texts = {option["id"]: option_text(option) for option in row.version.options}
    has_letters = KINDS[row.version.item.kind].templates == "choice"
    figures = row.figures
    return [
        OptionRow(
            figures=one,
            name=letter(one) if has_letters else one.id,
            text=texts[one.id] if has_letters else "",
            share=100 * one.chosen / (figures.answers or 1),
            shares=[
                100 * count / of if of else None for count, of in zip(one.thirds, figures.thirds, strict=True)
            ],
        )
        for one in figures.options
    ]
