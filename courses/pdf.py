"""A progress report as PDF, with the fonts that every reader has. Pure: figures to bytes."""

import unicodedata
from datetime import datetime
from typing import Any

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from courses.rounding import counted, whole

_MARGIN = 18
# Signs and letters that do not come apart into a Latin-1 letter and its accent.
_SPELLED = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "..."}
    | {"Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Œ": "OE", "œ": "oe", "ı": "i", "ẞ": "SS"}
)
_INK, _SOFT, _LINE = (17, 22, 29), (89, 100, 114), (184, 192, 203)


def latin(text: object) -> str:
    """The core fonts know Latin-1 only: typographic signs are spelled out, accents beyond it dropped."""
    words = str(text).translate(_SPELLED)
    kept = []
    for character in words:
        if character.encode("latin-1", "ignore"):
            kept.append(character)
        else:
            base = unicodedata.normalize("NFKD", character).encode("latin-1", "ignore").decode("latin-1")
            kept.append(base or "?")
    return "".join(kept)


def day(value: str | None) -> str:
    if not value:
        return "-"
    moment = datetime.fromisoformat(value)
    return f"{moment.day} {moment:%b %Y}"


class _Report(FPDF):
    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("Helvetica", size=8)
        self.set_text_color(*_SOFT)
        self.cell(0, 5, f"Chartroom progress report, page {self.page_no()} of {{nb}}", align="C")


def progress_pdf(figures: dict[str, Any]) -> bytes:
    """`figures` as courses.reports.progress_figures gives them."""
    pdf = _Report(format="Letter", unit="mm")
    pdf.set_title(latin(f"Progress report: {figures['student']['name']}"))
    pdf.set_lang("en-US")
    pdf.set_margins(_MARGIN, _MARGIN)
    pdf.set_auto_page_break(True, margin=_MARGIN)
    pdf.add_page()
    _line(pdf, f"Progress report: {figures['student']['name']}", size=18, style="B")
    totals = figures["totals"]
    _line(pdf, f"Made on {day(figures['made_at'])}, times in {figures['time_zone']}.", size=9, soft=True)
    _line(
        pdf,
        f"{totals['lessons_done']} of {totals['lessons']} lessons done, "
        f"{counted(totals['practice'], 'practice quiz', 'practice quizzes')} and "
        f"{counted(totals['mocks'], 'mock exam', 'mock exams')} graded.",
        size=11,
    )
    _section(pdf, "Courses", ["Lesson", "Opened", "Done"], (110, 34, 34), _lesson_rows(figures))
    _section(
        pdf,
        "Where you stand, by domain",
        ["Domain", "Right", "Share", "90% interval"],
        (88, 30, 26, 34),
        [
            [row["name"], f"{row['right']} of {row['answered']}", f"{whole(row['share'])}%", _interval(row)]
            for row in figures["domains"]
        ],
        empty="No graded answer yet.",
    )
    _section(
        pdf,
        "Attempts",
        ["Quiz or exam", "Finished", "Score", "Result"],
        (88, 34, 26, 30),
        [[row["title"], day(row["finished_at"]), _score(row), _result(row)] for row in figures["attempts"]],
        empty="No attempt yet.",
    )
    _line(
        pdf,
        "The interval is the range that the true share lies in, nine times in ten. Few items make it wide.",
        size=8,
        soft=True,
    )
    return bytes(pdf.output())


def _line(pdf: FPDF, text: str, *, size: int, style: str = "", soft: bool = False) -> None:
    pdf.set_font("Helvetica", style=style, size=size)
    pdf.set_text_color(*(_SOFT if soft else _INK))
    pdf.multi_cell(0, size * 0.5, latin(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(1)


def _section(
    pdf: FPDF, title: str, heads: list[str], widths: tuple[int, ...], rows: list[list[str]], empty: str = ""
) -> None:
    pdf.ln(4)
    _line(pdf, title, size=13, style="B")
    if not rows:
        _line(pdf, empty, size=10, soft=True)
        return
    pdf.set_font("Helvetica", size=9)
    pdf.set_draw_color(*_LINE)
    style = FontFace(emphasis="BOLD", color=_SOFT)
    with pdf.table(
        col_widths=widths, borders_layout="HORIZONTAL_LINES", headings_style=style, line_height=5.5
    ) as table:
        for cells in [heads, *rows]:
            row = table.row()
            for cell in cells:
                row.cell(latin(cell))


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
