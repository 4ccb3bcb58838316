"""The fixed-width order file, line by line."""

import re

import pytest

from codesets.importers.base import Findings, ImportRefused, Level, Source
from codesets.importers.order_file import OrderRow, is_order, read_order, text_lines

CODE = re.compile(r"[A-Z][0-9A-Z]{2,6}")
LINE = "{:05} {:7} {} {:60} {}"
GOOD = [
    LINE.format(1, "R00", 0, "Page fever", "Page fever of readers"),
    LINE.format(2, "R000", 1, "Mild", "Mild one"),
]


def read(text: str | bytes) -> tuple[list[OrderRow], list[tuple[Level, int | None, str, str]]]:
    findings = Findings()
    data = text if isinstance(text, bytes) else text.encode()
    rows = read_order(Source("order.txt", data), findings, CODE)
    return rows, [(found.level, found.line, found.code, found.text) for found in findings.all()]


def test_the_fields_of_a_line():
    assert read("\n".join(GOOD)) == (
        [
            OrderRow(1, 1, "R00", False, "Page fever", "Page fever of readers"),
            OrderRow(2, 2, "R000", True, "Mild", "Mild one"),
        ],
        [],
    )


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_whichever_way_it_is_written(ending, codec):
    lines = [GOOD[0], GOOD[1].replace("Mild one", "Mild é"), "", "  ", "\x1a"]
    rows, findings = read(ending.join(lines).encode(codec))
    assert ([row.title for row in rows], findings) == (["Page fever of readers", "Mild é"], [])


def test_blank_lines_count_as_lines_and_trailing_blanks_as_nothing():
    rows, findings = read(f"{GOOD[0]}   \n\n{GOOD[1]}\t\n")
    assert ([(row.line, row.title) for row in rows], findings) == (
        [(1, "Page fever of readers"), (3, "Mild one")],
        [],
    )


@pytest.mark.parametrize(
    ("line", "code", "text"),
    [
        ("0002 R000    1 Mild", "000", "The line does not begin with an order number of five digits."),
        ("000002" + GOOD[1][5:], "R000", "The line does not begin with an order number of five digits."),
        (GOOD[1][:20], "R000", "The line has no long title."),
        (GOOD[1][:76], "R000", "The line has no long title."),
        (GOOD[1][:12], "R000", "The line ends before it says whether the code is valid."),
        (
            GOOD[1][:14] + "2" + GOOD[1][15:],
            "R000",
            "“2” in column 15 does not say whether the code is valid: 0 or 1 would.",
        ),
        (
            GOOD[1][:6] + " " + GOOD[1][6:],
            "R000",
            "The line's columns are shifted: column 16 should be blank.",
        ),
        (GOOD[1][:10] + GOOD[1][12:], "R000", "The line's columns are shifted: column 16 should be blank."),
        (
            GOOD[1][:5] + "x" + GOOD[1][6:],
            "R000",
            "The line's columns are shifted: column 6 should be blank.",
        ),
        (GOOD[1][:40] + GOOD[1][41:], "R000", "The line's columns are shifted: column 77 should be blank."),
        (
            GOOD[1][:40] + GOOD[1][39:],
            "R000",
            "The line's columns are shifted: the long title should begin in column 78.",
        ),
        (GOOD[1] + "x" * 400, "R000", "The line has 485 characters; the layout allows 400."),
        (GOOD[1].replace("R000", "R0.0"), "R0.0", "“R0.0” is not how a code is written."),
        (GOOD[1].replace("R000", "r000"), "r000", "“r000” is not how a code is written."),
        (GOOD[1].replace("R000", "R00 "), "R00", "R00 stands in the file more than once, first in line 1."),
    ],
)
def test_what_cannot_be_is_an_error_with_its_line(line, code, text):
    third = LINE.format(3, "R001", 1, "Other", "Other one")
    rows, findings = read("\n".join([GOOD[0], line, third]))
    assert findings == [(Level.ERROR, 2, code, text)]
    assert [row.code for row in rows][::2] in (["R00", "R001"], ["R00"])
    assert rows[-1].code == "R001"


def test_order_numbers_that_do_not_ascend_are_an_error():
    _, findings = read("\n".join([GOOD[0], GOOD[1].replace("00002", "00001")]))
    text = "Order number 00001 stands after 00001: lines are doubled or out of order."
    assert findings == [(Level.ERROR, 2, "R000", text)]


def test_a_gap_in_the_order_numbers_and_a_missing_short_title_are_warnings():
    rows, findings = read("\n".join([GOOD[0], LINE.format(4, "R001", 1, "", "Other one")]))
    assert [row.number for row in rows] == [1, 4]
    assert findings == [
        (Level.WARNING, 2, "R001", "Order number 00004 stands after 00001: lines may be missing between."),
        (Level.WARNING, 2, "R001", "R001 has no short title."),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("code,title\nA00,Cholera\n", "has no line that is laid out as an order file's"),
        (LINE.format(1, "001", 0, "Tunnels", "Tunnels"), "most of its codes are of another system"),
        ("\n".join(["x"] * 400_002), "has far more lines than any list of codes"),
        (b"\x00\x81", "is not a text file"),
    ],
)
def test_what_is_no_order_file_is_refused_in_one_sentence(text, words):
    with pytest.raises(ImportRefused) as refusal:
        read(text)
    assert words in str(refusal.value)
    assert str(refusal.value).startswith("order.txt ")


def test_an_order_file_is_told_by_its_first_lines():
    def told(*lines: str) -> bool:
        return is_order(text_lines(Source("x", "\n".join(lines).encode())))

    assert told(*GOOD)
    assert told("damaged", GOOD[1])
    assert not told("R00     Page fever", "Add:         R00     Page fever")
    assert not told("00001,R00,0,Page fever")
