"""A score report to keep: the figures of its page as PDF, and a row for each section and item as CSV."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from html import unescape

from django.utils.html import strip_tags

from codesets.spreadsheet import csv_text
from codesets.systems import System
from codesets.templatetags.cpt import TRADEMARK
from quizzes import study
from quizzes.answer_changes import Changes, count_changes
from quizzes.calibration import level_name
from quizzes.exam_lists import hour
from quizzes.mistakes import find_mistakes
from quizzes.models import Attempt, CloseReason
from quizzes.pass_marks import NOT_SCALED, mark_source
from quizzes.pdf import Paper
from quizzes.releases import Shown
from quizzes.report_words import certainty, scope_words, tried_words
from quizzes.reports import ItemFeedback, Report, SectionResult
from quizzes.templatetags.quiz_text import clock_face, minutes_in_words
from quizzes.views.graded import in_short, kind_of_mistake, verdict_of
from quizzes.views.report_lists import places_to_read, to_look_at

COLUMNS = (
    *("Part", "Number", "Title", "Items", "Right", "Percent", "Low", "High", "Seconds", "Answer", "Key"),
    *("Verdict", "How sure", "First answer", "First answer right", "Flagged", "Counts", "Which items", "Why"),
)
NOT_MEASURED = "not measured"


def report_csv_text(attempt: Attempt, result: Report) -> str:
    """One row for the exam, for each section and each part of several sections, for each step to study. Where
    items may be shown, one for each of them and for what they have in common: kinds of mistake, what choices
    show, what rules say, ways of changing answers. Where CPT is among them the last row names its owner.

    Percents and their 90% interval as numbers; seconds are empty where they were not measured.
    """
    return csv_text([COLUMNS, *_csv_rows(attempt, result)])


def _csv_rows(attempt: Attempt, result: Report) -> Iterator[list[object]]:
    rest = [""] * 10
    result_word = "passed" if result.passed else "not passed"
    yield [
        *("exam", "", attempt.exam.title, result.total, result.right, result.score),
        *(_percent(result.low), _percent(result.high), round(result.time.total_seconds())),
        *("", "", f"{result_word}, pass mark {result.pass_mark}%", *rest[3:]),
    ]
    for part, sections in (("section", result.sections), ("together", result.together)):
        for number, section in enumerate(sections, start=1):
            yield [
                *(part, number, section.title, section.items, section.right, _percent(section.share)),
                *(_percent(section.low), _percent(section.high), section.seconds or "", *rest),
            ]
    for number, step in enumerate(study.suggest(attempt.user_id, result.missed_domains), start=1):
        yield ["study", number, step.title, *[""] * 15, step.why]
    if result.shown == Shown.ALL:
        yield from _common_rows(result)
    for item in result.items:
        yield _item_cells(item)
    if _shows_cpt(result):
        yield ["notice", "", TRADEMARK]


def _common_rows(result: Report) -> Iterator[list[object]]:
    mistakes = find_mistakes(result.items)
    for part, found in (
        ("mistake", mistakes.kinds),
        ("misconception", mistakes.misconceptions),
        ("rule", mistakes.findings),
    ):
        for number, one in enumerate(found, start=1):
            which = _numbers(one.positions)
            yield [part, number, one.name, one.count, *[""] * 13, which, one.meaning]
    for number, row in enumerate(count_changes(result.items).rows, start=1):
        yield ["changed", number, row.words, row.count, *[""] * 13, _numbers(row.positions), ""]


def _item_cells(item: ItemFeedback) -> list[object]:
    answer, key = in_short(item)
    first = item.first
    return [
        *("item", item.position, item.section, "", "yes" if item.right else "no", _percent(item.credit)),
        *("", "", item.seconds or "", answer, key, _verdict(item), level_name(item.sure)),
        *(first.answer_text if first else "", ("yes" if first.right else "no") if first else ""),
        *("yes" if item.flagged else "no", "yes" if item.scored else "no", "", ""),
    ]


def report_pdf_bytes(attempt: Attempt, result: Report) -> bytes:
    title = f"Score report: {attempt.exam.title}"
    pdf = Paper(title, f"Chartroom score report, {attempt.user}")
    pdf.line_of(title, size=18, style="B")
    for words in _head(attempt, result):
        pdf.line_of(words, size=9, soft=True)
    pdf.section("Result", ["Figure", "Value"], (50, 126), _result_rows(attempt, result))
    pdf.section(
        "By section, weakest first",
        ["Section", "Right", "Share", "90% interval", "Time", "An item"],
        (76, 24, 18, 28, 22, 18),
        [_section_cells(one) for one in [*result.weakest_first, *result.together]],
    )
    pdf.section(
        "What to do now",
        ["Step", "Why"],
        (80, 96),
        [[step.title, step.why] for step in study.suggest(attempt.user_id, result.missed_domains)],
        empty="Go on with the next lesson.",
    )
    if result.shown == Shown.ALL:
        _print_items(pdf, result)
    pdf.line_of(
        "The interval is the range that the true share lies in, nine times in ten. Few items make it wide.",
        size=8,
        soft=True,
    )
    return bytes(pdf.output())


def _head(attempt: Attempt, result: Report) -> list[str]:
    assert attempt.finished_at is not None
    how = "Closed when time was up" if attempt.close_reason == CloseReason.TIME_UP else "Handed in"
    lines = [
        f"{attempt.user}. {how} {_instant(attempt.finished_at)}. "
        f"{result.answered} of {result.asked} answers received.",
        scope_words(attempt, result),
        tried_words(result),
        NOT_SCALED if attempt.exam.blueprint_id else "",
    ]
    return [line for line in lines if line]


def _result_rows(attempt: Attempt, result: Report) -> list[list[str]]:
    passed = "Passed" if result.passed else "Not passed"
    given = "no clock"
    if result.time_allowed:
        given = f"of {minutes_in_words(result.time_allowed.total_seconds() / 60)}"
    source = mark_source(attempt)
    return [
        ["Score", f"{result.right} of {result.total} right, {result.score:f}%"],
        ["Result", f"{passed}, {certainty(result)}"],
        ["Pass mark", f"{result.pass_mark}%. {source}".strip()],
        ["90% interval", f"{_whole(result.low)} to {_whole(result.high)}%"],
        ["Time", f"{clock_face(round(result.time.total_seconds()))} {given}"],
    ]


def _section_cells(section: SectionResult) -> list[str]:
    mean = clock_face(round(section.seconds / section.measured)) if section.measured else NOT_MEASURED
    return [
        section.title,
        f"{section.right} of {section.items}",
        f"{_whole(section.share)}%",
        f"{_whole(section.low)} to {_whole(section.high)}%",
        clock_face(section.seconds) if section.measured else NOT_MEASURED,
        mean,
    ]


def _print_items(pdf: Paper, result: Report) -> None:
    mistakes, changes = find_mistakes(result.items), count_changes(result.items)
    pdf.section(
        f"What went wrong, {mistakes.wrong} item{'' if mistakes.wrong == 1 else 's'}",
        ["Kind", "Items", "Which"],
        (64, 16, 96),
        [[one.name.capitalize(), str(one.count), _numbers(one.positions)] for one in mistakes.kinds],
        empty="Every item that counts was right.",
    )
    if mistakes.misconceptions:
        pdf.section(
            "What your choices show",
            ["Choice", "Which"],
            (140, 36),
            [[one.name, _numbers(one.positions)] for one in mistakes.misconceptions],
        )
    if mistakes.findings:
        pdf.section(
            "What the rules say of your claims",
            ["Rule", "Which"],
            (140, 36),
            [[one.name, _numbers(one.positions)] for one in mistakes.findings],
        )
    _print_changes(pdf, changes)
    _print_sureness(pdf, result)
    _print_reading(pdf, result)
    pdf.section(
        "Item by item",
        ["Item", "Section", "You", "Key", "Verdict", "Time"],
        (12, 58, 24, 24, 44, 16),
        [_printed_item(item) for item in result.items],
    )
    if _shows_cpt(result):
        pdf.line_of(TRADEMARK, size=8, soft=True)


def _print_changes(pdf: Paper, changes: Changes) -> None:
    shown = [row for row in changes.rows if row.count]
    pdf.section(
        "Changed answers",
        ["First to last", "Items", "Which"],
        (64, 16, 96),
        [[row.words, str(row.count), _numbers(row.positions)] for row in shown],
        empty=changes.said,
    )
    if shown:
        pdf.line_of(changes.said, size=10)


def _print_sureness(pdf: Paper, result: Report) -> None:
    levels = result.calibration.levels
    pdf.section(
        "How sure you were",
        ["You said", "Answers", "Right", "Share"],
        (64, 28, 28, 28),
        [[one.name, str(one.answers), str(one.right), f"{one.percent}%"] for one in levels],
        empty="You said of no answer how sure you were.",
    )
    if result.calibration.remark:
        pdf.line_of(result.calibration.remark, size=10)


def _print_reading(pdf: Paper, result: Report) -> None:
    if looks := to_look_at(result.items):
        pdf.section(
            "What to look at, the surest first",
            ["Item", "Why"],
            (16, 160),
            [[str(position), f"{words[0].upper()}{words[1:]}."] for position, words in looks],
        )
    if places := places_to_read(result.items):
        pdf.section(
            "Read in the books: what the keys you missed name",
            ["Where", "Which"],
            (140, 36),
            [[unescape(strip_tags(place)), _numbers(positions)] for place, positions in places],
        )


def _shows_cpt(result: Report) -> bool:
    return any(System.CPT in item.systems for item in result.items)


def _printed_item(item: ItemFeedback) -> list[str]:
    answer, key = in_short(item)
    verdict = _verdict(item) if item.scored else f"{_verdict(item)}, did not count"
    seconds = clock_face(item.seconds) if item.seconds else "-"
    return [str(item.position), item.section, answer or "-", key, verdict, seconds]


def _verdict(item: ItemFeedback) -> str:
    kind = kind_of_mistake(item)
    return f"{verdict_of(item)[0]}: {kind}" if kind else verdict_of(item)[0]


def _numbers(positions: Sequence[int]) -> str:
    return ", ".join(map(str, positions))


def _percent(share: float | Decimal) -> float:
    return round(100 * float(share), 1)


def _whole(share: float) -> int:
    return round(100 * share)


def _instant(moment: datetime) -> str:
    return hour(moment, "l j F Y, H:i:s")
