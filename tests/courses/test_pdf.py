import re
import zlib

from courses.pdf import progress_pdf

FIGURES = {
    "student": {"id": 1, "name": "Łukasz “Lu” O’Neil"},
    "made_at": "2026-05-12T10:00:00-04:00",
    "time_zone": "America/New_York",
    "totals": {"lessons_done": 1, "lessons": 2, "practice": 1, "mocks": 0},
    "courses": [
        {
            "title": "ICD-10-CM foundations",
            "lessons": [
                {"title": f"Lesson {n}", "opened_at": None, "done_at": "2026-05-11T09:00:00-04:00"}
                for n in range(60)
            ],
        }
    ],
    "domains": [
        {"name": "Coding guidelines", "right": 3, "answered": 4, "share": 75.0, "low": 36.1, "high": 94.5}
    ],
    "attempts": [
        {
            "title": "Mini mock exam",
            "finished_at": None,
            "score": None,
            "passed": None,
            "state_words": "Under way",
        }
    ],
}


def words_of(pdf: bytes) -> str:
    """The text that the pages draw, from their compressed streams."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.S)
    drawn = b"".join(zlib.decompress(stream) for stream in streams)
    shown = b" ".join(re.findall(rb"\((.*?)(?<!\\)\) ?Tj", drawn, re.S))
    return shown.decode("latin-1")


def test_the_pdf_says_what_the_figures_say():
    pdf = progress_pdf(FIGURES)
    assert pdf.startswith(b"%PDF-")
    shown = words_of(pdf)
    for words in (
        "ICD-10-CM foundations: Lesson 59",
        "11 May 2026",
        "75%",
        "36 to 95%",
        "3 of 4",
        "Under way",
    ):
        assert words in shown
    assert pdf.count(b"/Type /Page\n") > 1


def test_a_student_without_work_has_a_report_too():
    empty = FIGURES | {"domains": [], "attempts": []}
    shown = words_of(progress_pdf(empty))
    assert "No graded answer yet." in shown
    assert "No attempt yet." in shown
