import pytest

from codesets.importers import hcpcs
from codesets.importers.base import Book, Finding, ImportRefused, Level, Source, silent
from tests.codesets.conftest import SUPPLIES

CSV = SUPPLIES.read_bytes()


def parse(data: bytes) -> Book:
    return hcpcs.parse([Source("supplies.csv", data)], silent)


def test_codes_in_order_then_modifiers_which_are_never_billable():
    book = parse(CSV)
    assert [(record.code, record.billable, record.chapter) for record in book.codes] == [
        ("A0002", True, "A"),
        ("E0001", True, "E"),
        ("E0002", True, "E"),
        ("ZL", False, "Modifiers"),
    ]
    assert book.codes[1].title == "Reading lamp, adjustable, each"
    assert book.codes[1].details == {
        "kind": "code",
        "short": "READING LAMP",
        "added": "2020-01-01",
        "effective": "2021-01-01",
        "coverage": "C",
    }
    assert book.codes[3].details["kind"] == "modifier"
    assert [heading.name for heading in book.headings] == ["A", "E", "Modifiers"]
    assert (book.version, book.covers, book.findings.all()) == ("", None, [])


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"drug,E0009,X,Something,,,,", "“drug” is neither code nor modifier."),
        (b"code,0009E,X,Something,,,,", "“0009E” is not how a HCPCS code is written."),
        (b"modifier,E0009,X,Something,,,,", "“E0009” is not how a HCPCS modifier is written."),
        (b"code,E0009,X, ,,,,", "E0009 has no long description."),
        (b"code,E0009,X,Something,01/02/2020,,,", "“01/02/2020” is not a date as YYYY-MM-DD (added)."),
        (b"code,E0009,X,Something", "The line has more or fewer fields than the first line."),
        (b"code,E0001,X,Lamp again,,,,", "E0001 stands in the file more than once, first at line 2."),
    ],
)
def test_a_wrong_line_is_an_error_with_its_number(line, text):
    findings = parse(CSV + line + b"\n").findings.all()
    assert [(found.level, found.text, found.line) for found in findings] == [(Level.ERROR, text, 6)]


def test_another_csv_is_refused():
    with pytest.raises(ImportRefused, match=r"its first line lacks kind, short, long, added"):
        parse(b"code,title\nA,b\n")
    with pytest.raises(ImportRefused, match=r"cannot be read as CSV at line"):
        parse(CSV + b'code,E0009,"open\n')


def test_a_file_without_a_line_is_an_error():
    assert parse(CSV.splitlines()[0]).findings.all() == [Finding(Level.ERROR, "The file holds no code.")]
