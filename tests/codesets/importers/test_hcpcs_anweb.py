"""The fixed-width text: the lending desk, and each way in which lines are written or damaged."""

import pytest

from codesets.importers import hcpcs
from codesets.importers.base import Book, ImportRefused, Level, Source, silent
from codesets.importers.hcpcs_record import RECORDS_LIMIT
from tests.codesets.importers import drawn_hcpcs as drawn

FIRST_LINE = len(drawn.DISCLAIMER.splitlines()) + 1
LINES = drawn.text_lines()


def parse(source: Source) -> Book:
    return hcpcs.parse([source], silent)


def complaints(source: Source) -> list[tuple]:
    """Errors and warnings: level, text, line, code."""
    found = parse(source).findings.all()
    return [(f.level, f.text, f.line, f.code) for f in found if f.level != Level.INFORMATION]


def at(beginning: str) -> int:
    (index,) = [index for index, line in enumerate(LINES) if line.startswith(beginning)]
    return index


def test_the_text_gives_codes_titles_and_billable_state_in_the_order_of_the_book():
    book = parse(drawn.anweb())
    expected = [
        ("A0001", "Page turner, each", True),
        ("A0002", "Page turner, electric, each", True),
        ("A0003", "Page turner, steam, each", False),
        ("A0004", "Page turner, wind, each", False),
        ("A0005", "Page turner, by hand, each", True),
        ("D0001", "Removal of a wisdom book", True),
        (
            "E0001",
            "A lamp that stands beside a reader, with a shade against glare, of any one color and of any "
            "height, adjustable or not, including its bulb, its plug and a spare fuse, each",
            True,
        ),
        ("E0002", "Reading lamp for a café table, each", True),
        ("E0003", "Reading lamp, candle", True),
        ("E0004", "Reading lamp, gas", True),
        ("E0005", "Reading lamp, moon", True),
        ("G0001", "Reading aloud, first 15 minutes", True),
        ("G0002", "Reading aloud, each additional 15 minutes", True),
        ("J0001", "Injection, ink, 1 mg", True),
        ("J0002", "Injection, ink, 10 mg", True),
        ("K0001", "Chair, with wheels", True),
        ("L0001", "Brace for a tall book", True),
        ("Q0001", "Bookmark, temporary", True),
        ("S0001", "Silence, per hour", True),
        ("V0001", "Reading glasses, pair", True),
        ("A1", "First reading", False),
        ("ZL", "Left page", False),
        ("ZR", "Right page", False),
    ]
    assert [(record.code, record.title, record.billable) for record in book.codes] == expected
    assert [record.position for record in book.codes] == list(range(23))
    assert [heading.name for heading in book.headings] == [*"ADEGJKLQSV", "Modifiers"]
    assert complaints(drawn.anweb()) == []


@pytest.mark.parametrize(
    "rewritten",
    [
        lambda data: data.replace(b"\r\n", b"\n"),
        lambda data: data.replace(b"\r\n", b"\r"),
        lambda data: data + b"\x1a",
        lambda data: data + b"\r\n\r\n",
        lambda data: b"\r\n".join(line.rstrip() for line in data.split(b"\r\n")),
        lambda data: data.decode("cp1252").encode(),
        lambda data: data.decode("cp1252").encode("utf-8-sig"),
        lambda data: data.decode("cp1252").encode("utf-16"),
        lambda data: data[len(drawn.DISCLAIMER) :],
    ],
    ids=["LF", "CR", "ctrl-Z", "blank lines", "trimmed", "UTF-8", "BOM", "UTF-16", "no disclaimer"],
)
def test_however_the_lines_are_written_the_codes_are_the_same(rewritten):
    source = drawn.anweb()
    other = Source(source.name, rewritten(source.data))
    assert parse(other).codes == parse(source).codes
    assert complaints(other) == []


def test_a_line_that_is_no_record_is_an_error_unless_a_disclaimer_stands_there():
    damaged = [*LINES[:3], "A0002  01003" + LINES[3][12:], *LINES[4:]]
    assert complaints(drawn.source(damaged)) == [
        (Level.ERROR, "The line is not laid out as a record of the HCPCS file.", FIRST_LINE + 3, "A0002")
    ]
    # Even the first one, where a disclaimer might stand: none is as long as a record.
    damaged = ["   Z?" + LINES[0][5:], *LINES[1:]]
    assert complaints(drawn.source(damaged)) == [
        (Level.ERROR, "The line is not laid out as a record of the HCPCS file.", FIRST_LINE, "Z?")
    ]


def test_a_first_record_that_is_cut_off_is_an_error():
    index = at("A0001")
    cut = [*LINES[:index], LINES[index][:200], *LINES[index + 1 :]]
    assert complaints(drawn.source(cut)) == [
        (
            Level.ERROR,
            f"The record of A0001 is cut off: it has {len(LINES[index][:200].rstrip())} columns of 320.",
            FIRST_LINE + index,
            "A0001",
        )
    ]


def test_a_file_that_ends_within_a_line_may_have_been_cut_off():
    last = LINES.index(next(line for line in LINES if line.startswith("E000100300")))
    whole = drawn.source(LINES[: last + 1])
    cut = Source(whole.name, whole.data[: -len("each") - 240])
    assert complaints(cut) == [
        (
            Level.WARNING,
            "The file ends within a line, so it may have been cut off; compare it with the publisher's.",
            FIRST_LINE + last,
            "",
        )
    ]


def test_a_lost_line_of_a_description_is_an_error():
    second = at("E000100200")
    assert complaints(drawn.source([*LINES[:second], *LINES[second + 1 :]])) == [
        (
            Level.ERROR,
            "The description of E0001 has a line missing or out of order before this one, number 00300.",
            FIRST_LINE + second,
            "E0001",
        )
    ]


def test_a_description_that_has_lost_its_first_line_is_an_error():
    first = at("E000100100")
    lost = [*LINES[:first], *LINES[first + 1 :]]
    text = "The line continues the description of E0001, which does not stand above it."
    assert complaints(drawn.source(lost)) == [
        (Level.ERROR, text, FIRST_LINE + first, "E0001"),
        (Level.ERROR, text, FIRST_LINE + first + 1, "E0001"),
    ]


def test_a_modifier_does_not_continue_a_code():
    crossed = [line.replace("E0001002004", "E0001002008") for line in LINES]
    assert complaints(drawn.source(crossed)) == [
        (
            Level.ERROR,
            "The line continues the description of E0001, which does not stand above it.",
            FIRST_LINE + at("E000100200"),
            "E0001",
        ),
        (
            Level.ERROR,
            "The description of E0001 has a line missing or out of order before this one, number 00300.",
            FIRST_LINE + at("E000100300"),
            "E0001",
        ),
    ]


def test_far_too_many_records_are_refused_before_they_fill_the_memory():
    records = "A000100100" + "4\n"
    endless = Source("HCPC2026.txt", (LINES[0] + "\n" + records * (RECORDS_LIMIT + 1)).encode())
    with pytest.raises(ImportRefused, match=r"^HCPC2026\.txt has far more records than any HCPCS file"):
        parse(endless)
