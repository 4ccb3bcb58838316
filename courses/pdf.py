"""A progress report as PDF, with the fonts that every reader has. Pure: figures to bytes."""

from datetime import datetime
from typing import Any

from courses.rounding import counted, whole
from quizzes.pdf import Paper


def day(value: str | None) -> str:
    if not value:
        return "-"
    moment = datetime.fromisoformat(value)
    return f"{moment.day} {moment:%b %Y}"


def progress_pdf(figures: dict[str, Any]) -> bytes:
    """`figures` as courses.reports.progress_figures gives them."""
    title = f"Progress report: {figures['student']['name']}"
    pdf = Paper(title, "Chartroom progress report")
    pdf.line_of(title, size=18, style="B")
    totals = figures["totals"]
    pdf.line_of(f"Made on {day(figures['made_at'])}, times in {figures['time_zone']}.", size=9, soft=True)
    pdf.line_of(
        f"{totals['lessons_done']} of {totals['lessons']} lessons done, "
        f"{counted(totals['practice'], 'practice quiz', 'practice quizzes')} and "
        f"{counted(totals['mocks'], 'mock exam', 'mock exams')} graded.",
        size=11,
    )
    pdf.section("Courses", ["Lesson", "Opened", "Done"], (110, 34, 34), _lesson_rows(figures))
    pdf.section(
        "Where you stand, by domain",
        ["Domain", "Right", "Share", "90% interval"],
        (88, 30, 26, 34),
        [
            [row["name"], f"{row['right']} of {row['answered']}", f"{whole(row['share'])}%", _interval(row)]
            for row in figures["domains"]
        ],
        empty="No graded answer yet.",
    )
    pdf.section(
        "Attempts",
        ["Quiz or exam", "Finished", "Score", "Result"],
        (88, 34, 26, 30),
        [[row["title"], day(row["finished_at"]), _score(row), _result(row)] for row in figures["attempts"]],
        empty="No attempt yet.",
    )
    pdf.line_of(
        "The interval is the range that the true share lies in, nine times in ten. Few items make it wide.",
        size=8,
        soft=True,
    )
    return bytes(pdf.output())


def _lesson_rows(figures: dict[str, Any]) -> list[list[str]]:
    return [
        [f"{course['title']}: {lesson['title']}", day(lesson["opened_at"]), day(lesson["done_at"])]
        for course in figures["courses"]
        for lesson in course["lessons"]
    ]


def _interval(row: dict[str, Any]) -> str:
    return f"{whole(row['low'])} to {whole(row['high'])}%"


def _score(row: dict[str, Any]) -> str:
    return "-" if row["score"] is None else f"{whole(row['score'])}%"


def _result(row: dict[str, Any]) -> str:
    return {True: "Passed", False: "Not passed", None: row["state_words"]}[row["passed"]]
