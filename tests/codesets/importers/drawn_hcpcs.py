"""The lending desk: an invented HCPCS release, written as CMS writes its text and its workbook.

tests/data/codesets/README.md has its picture. Widths are those of the record layout, in its order.
"""

from io import BytesIO

import openpyxl

from codesets.importers.base import Source

WIDTHS = {
    "HCPC": 5,
    "SEQNUM": 5,
    "RECID": 1,
    "LONG DESCRIPTION": 80,
    "SHORT DESCRIPTION": 28,
    **{f"PRICE{n}": 2 for n in range(1, 5)},
    "MULT_PI": 1,
    **{f"CIM{n}": 6 for n in range(1, 4)},
    **{f"MCM{n}": 8 for n in range(1, 4)},
    "STATUTE": 10,
    **{f"LABCERT{n}": 3 for n in range(1, 9)},
    **{f"XREF{n}": 5 for n in range(1, 6)},
    "COV": 1,
    "ASC_GRP": 2,
    "ASC_DT": 8,
    "OPPS": 3,
    "OPPS_PI": 1,
    "OPPS_DT": 8,
    "PROCNOTE": 4,
    "BETOS": 3,
    "filler": 1,
    **{f"TOS{n}": 1 for n in range(1, 6)},
    "ANEST_BU": 3,
    "ADD DT": 8,
    "ACT EFF DT": 8,
    "TERM DT": 8,
    "ACTION CD": 1,
    "the rest": 27,
}
HEADS = [name for name in WIDTHS if name not in ("filler", "the rest")]
DISCLAIMER = "***Disclaimers\r\n\r\n*Inclusion of a supply\xa0implies nothing.\t\t\r\n\r\n\r\n"

FULL = "A lamp that stands beside a reader, with a shade against glare, of any one color"
assert len(FULL) == WIDTHS["LONG DESCRIPTION"]

Drawing = tuple[str, list[str], dict[str, str]]
"""A code, the lines of its long description as the text breaks them, and its columns."""

COLUMNS = {
    "ADD DT": "20200101",
    "ACT EFF DT": "20260101",
    "ACTION CD": "N",
    "COV": "C",
}  # unless it says else
MODIFIERS: list[Drawing] = [
    ("A1", ["First reading"], {"ACT EFF DT": "20200101"}),
    ("ZL", ["Left page"], {"ACT EFF DT": "20200101"}),
    ("ZR", ["Right page"], {"TERM DT": "20251231", "ACTION CD": "D"}),
]
CODES: list[Drawing] = [
    ("A0001", ["Page turner, each"], {"PRICE1": "34", "MULT_PI": "A", "TOS1": "9", "BETOS": "D1A"}),
    ("A0002", ["Page turner, electric, each"], {"ACTION CD": "A", "ADD DT": "20260101", "PRICE1": "00"}),
    ("A0003", ["Page turner, steam, each"], {"TERM DT": "20251231", "ACTION CD": "D", "XREF1": "A0002"}),
    ("A0004", ["Page turner, wind, each"], {"TERM DT": "20221231", "XREF1": "ZL", "XREF2": "99999"}),
    ("A0005", ["Page turner, by hand, each"], {"TERM DT": "20260331", "ACTION CD": "D"}),
    ("D0001", ["Removal of a wisdom book"], {"COV": "S", "STATUTE": "1862  A7"}),
    (
        "E0001",
        [
            FULL,
            " and of any height, adjustable or not, including its bulb, its plug and  a spare",
            "fuse, each",
        ],
        {
            "PRICE1": "32",
            "PRICE2": "21",
            "PRICE3": "53",
            "PRICE4": "99",
            "MULT_PI": "9",
            "CIM1": "60-9",
            "CIM2": "60.16",
            "CIM3": "65-10",
            "MCM1": "2049",
            "MCM2": "2455 B",
            "MCM3": "15022.F",
            **{
                f"LABCERT{n}": code
                for n, code in enumerate(["010", "100", "110", "115", "120", "130", "140", "150"], 1)
            },
            **{f"XREF{n}": f"E000{n}" for n in range(2, 6)},
            "COV": "D",
            "ASC_GRP": "YY",
            "ASC_DT": "20250101",
            "OPPS": "649",
            "OPPS_PI": "1",
            "OPPS_DT": "20240701",
            "PROCNOTE": "0002",
            "BETOS": "D1E",
            "TOS1": "A",
            "TOS2": "P",
            "TOS3": "R",
            "TOS4": "1",
            "TOS5": "2",
            "SHORT DESCRIPTION": "Reading lamp,  full height",
            "ANEST_BU": "  7",
        },
    ),
    ("E0002", ["Reading lamp for a caf\xe9 table, each"], {"ACTION CD": "B", "ACT EFF DT": ""}),
    ("E0003", ["Reading lamp, candle"], {"ACT EFF DT": ""}),
    ("E0004", ["Reading lamp, gas"], {"COV": "I", "ASC_GRP": "20", "ASC_DT": "240401"}),
    ("E0005", ["Reading lamp, moon"], {"COV": "M", "ACTION CD": "C"}),
    ("G0001", ["Reading aloud, first 15 minutes"], {"ACTION CD": "S", "PRICE1": "13", "TOS1": "1"}),
    ("G0002", ["Reading aloud, each additional 15 minutes"], {"ACTION CD": "P", "ACT EFF DT": "20250701"}),
    ("J0001", ["Injection, ink, 1 mg"], {"PRICE1": "51", "TOS1": "1", "TOS2": "P", "BETOS": "O1E"}),
    ("J0002", ["Injection, ink, 10 mg"], {"ACTION CD": "R", "PRICE1": "51"}),
    ("K0001", ["Chair, with wheels"], {"ACTION CD": "A", "ADD DT": "20260401", "ACT EFF DT": "20260401"}),
    ("L0001", ["Brace for a tall book"], {"PRICE1": "38", "PROCNOTE": "0003"}),
    ("Q0001", ["Bookmark, temporary"], {"ACTION CD": "T"}),
    ("S0001", ["Silence, per hour"], {"COV": "I", "ACTION CD": "F"}),
    ("V0001", ["Reading glasses, pair"], {"TOS1": "Q"}),
]
LENDING = MODIFIERS + CODES


def columns(drawing: Drawing) -> dict[str, str]:
    """All columns of a code's first record but its description."""
    code, lines, given = drawing
    short = {"SHORT DESCRIPTION": lines[0][:28].strip(), "RECID": "7" if len(code) == 2 else "3"}
    units = {"ANEST_BU": "  0"} if len(code) == 5 else {}
    return {"HCPC": code.rjust(5), **short, **units, **COLUMNS, **given}


def line(fields: dict[str, str]) -> str:
    """One record of 320 columns."""
    made = "".join(fields.get(name, "").ljust(width) for name, width in WIDTHS.items())
    assert len(made) == 320
    return made


def text_lines(drawings: list[Drawing] = LENDING) -> list[str]:
    made = []
    for drawing in drawings:
        first = columns(drawing)
        for at, words in enumerate(drawing[1]):
            further = {"HCPC": first["HCPC"], "RECID": str(int(first["RECID"]) + 1)}
            fields = further if at else first
            made.append(line({**fields, "SEQNUM": f"{100 * (at + 1):05}", "LONG DESCRIPTION": words}))
    return made


def anweb(drawings: list[Drawing] = LENDING, name: str = "HCPC2026_ANWEB.txt") -> Source:
    """The text, in cp1252, with CMS's line ends."""
    return source(text_lines(drawings), name)


def source(lines: list[str], name: str = "HCPC2026_ANWEB.txt") -> Source:
    """The disclaimer and these lines."""
    text = DISCLAIMER + "".join(f"{each}\r\n" for each in lines)
    return Source(name, text.encode("cp1252"))


def rows(drawings: list[Drawing] = LENDING) -> list[list[str]]:
    """The rows of the workbook's table, its heads first. A description stands in one cell."""
    table = [HEADS]
    for drawing in drawings:
        words = "".join(part.ljust(81) for part in drawing[1]).strip()
        fields = {**columns(drawing), "SEQNUM": "0010", "LONG DESCRIPTION": words}
        table.append([fields.get(name, "") for name in HEADS])
    return table


def workbook(*sheets: list[list], name: str = "HCPC2026_ANWEB.xlsx") -> Source:
    """A workbook of these sheets; of the lending desk alone where none is given."""
    book = openpyxl.Workbook(write_only=True)
    for number, sheet in enumerate(sheets or [rows()], start=1):
        page = book.create_sheet(f"Sheet {number}")
        for row in sheet:
            page.append([value if value != "" else None for value in row])
    kept = BytesIO()
    book.save(kept)
    return Source(name, kept.getvalue())
