"""What becomes of a record's fields."""

import pytest

from codesets.importers import hcpcs
from codesets.importers.base import CodeRecord, Findings, Level, silent
from codesets.importers.hcpcs_record import FIELDS, Row, codes_of
from tests.codesets.importers import drawn_hcpcs as drawn

HEADS = {head.replace(" ", "_"): head for head in drawn.HEADS}


def row(code: str = "E0001", record: str = "3", number: int = 7, **values: str) -> Row:
    """`values` by the heads of their columns, with underscores for blanks."""
    given = {HEADS[name]: text for name, text in values.items()}
    return Row(number, code, "00100", record, "Reading lamp", given)


def read(*rows: Row) -> tuple[list[CodeRecord], list[tuple]]:
    findings = Findings()
    records = codes_of(rows, findings)
    return records, [(found.level, found.text, found.line, found.code) for found in findings.all()]


def details_of(**values: str) -> dict:
    ((record,), _) = read(row(**{"ACT_EFF_DT": "20260101", **values}))
    return record.details


def test_the_fields_stand_where_the_record_layout_puts_them():
    """The drawn text lays its columns side by side; the importer's table gives each its start."""
    starts, at = {}, 1
    for name, width in drawn.WIDTHS.items():
        starts[name] = (at, width)
        at += width
    assert {field.name: (field.start, field.length) for field in FIELDS} == {
        name: starts[name] for name in drawn.HEADS
    }
    assert [field.name for field in FIELDS] == drawn.HEADS


def test_every_field_of_a_full_record_is_kept():
    book = hcpcs.parse([drawn.anweb()], silent)
    details = {record.code: record.details for record in book.codes}
    assert details["E0001"] == {
        "kind": "code",
        "short": "Reading lamp, full height",
        "added": "2020-01-01",
        "effective": "2026-01-01",
        "action": "N",
        "coverage": "D",
        "pricing": ["32", "21", "53", "99"],
        "multiple_pricing": "9",
        "cim": ["60-9", "60.16", "65-10"],
        "mcm": ["2049", "2455 B", "15022.F"],
        "lab_certification": ["010", "100", "110", "115", "120", "130", "140", "150"],
        "cross_references": ["E0002", "E0003", "E0004", "E0005"],
        "asc_group": "YY",
        "asc_date": "2025-01-01",
        "mog_group": "649",
        "mog_policy": "1",
        "mog_date": "2024-07-01",
        "processing_note": "0002",
        "betos": "D1E",
        "type_of_service": ["A", "P", "R", "1", "2"],
        "anesthesia_units": 7,
    }
    assert details["A0004"] == {
        "kind": "code",
        "short": "Page turner, wind, each",
        "added": "2020-01-01",
        "effective": "2026-01-01",
        "terminated": "2022-12-31",
        "action": "N",
        "coverage": "C",
        "cross_references": ["ZL", "99999"],
    }
    assert details["D0001"]["statute"] == "1862 A7"
    assert details["ZL"] == {
        "kind": "modifier",
        "short": "Left page",
        "added": "2020-01-01",
        "effective": "2020-01-01",
        "action": "N",
        "coverage": "C",
    }


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("20240229", "2024-02-29"),
        ("2024-02-29", "2024-02-29"),
        ("00000000", None),
        ("", None),
    ],
)
def test_dates(written, read_as):
    assert details_of(TERM_DT=written).get("terminated") == read_as


@pytest.mark.parametrize(
    "written", ["20230229", "2024022", "2024/02/29", "2024-0229", "00240229", "soon", "٢٠٢٤٠٢٢٩"]
)
@pytest.mark.parametrize(
    ("column", "head", "level"),
    [
        ("ADD_DT", "ADD DT", Level.ERROR),
        ("TERM_DT", "TERM DT", Level.ERROR),
        ("ACT_EFF_DT", "ACT EFF DT", Level.ERROR),
        ("ASC_DT", "ASC_DT", Level.WARNING),
    ],
)
def test_a_date_that_is_none_is_a_finding(written, column, head, level):
    (record,), found = read(row(**{"ACT_EFF_DT": "20260101", column: written}))
    assert found == [(level, f"“{written}” is not a date as YYYYMMDD ({head}).", 7, "E0001")]
    assert len(record.details) == (1 if column == "ACT_EFF_DT" else 2)


def test_an_unchanged_code_without_an_action_date_took_effect_when_it_was_added():
    records, found = read(
        row("E0001", ADD_DT="20200101", ACTION_CD="N"),
        row("E0002", ADD_DT="20200101", ACTION_CD="C"),
        row("E0003", ADD_DT="20200101", ACT_EFF_DT="20210101", ACTION_CD="N"),
    )
    assert [record.details.get("effective") for record in records] == ["2020-01-01", None, "2021-01-01"]
    ((level, text, _, _),) = found
    assert (level, text.partition(".")[0]) == (Level.INFORMATION, "Codes without an action effective date: 2")


def test_a_date_that_begins_in_the_columns_of_the_group_is_put_right():
    (record,), found = read(row(ACT_EFF_DT="20260101", ASC_GRP="20", ASC_DT="170401"))
    assert record.details == {"kind": "code", "effective": "2026-01-01", "asc_date": "2017-04-01"}
    assert [(level, line) for level, _, line, _ in found] == [(Level.INFORMATION, 7)]


@pytest.mark.parametrize(("written", "units"), [("0", None), ("7", 7), ("012", 12), ("", None)])
def test_anesthesia_units_are_a_number_above_zero(written, units):
    assert details_of(ANEST_BU=written).get("anesthesia_units") == units


def test_units_that_are_no_number_are_left_out_with_a_warning():
    (record,), found = read(row(ACT_EFF_DT="20260101", ANEST_BU="7x"))
    assert found == [(Level.WARNING, "“7x” is no number of anesthesia base units.", 7, "E0001")]
    assert "anesthesia_units" not in record.details


def test_a_letter_that_the_layout_does_not_explain_is_kept_and_told_once():
    records, found = read(
        row("E0001", ACT_EFF_DT="20260101", COV="Q", PRICE2="78"),
        row("E0002", ACT_EFF_DT="20260101", COV="Q", PRICE1="51"),
    )
    assert [record.details["coverage"] for record in records] == ["Q", "Q"]
    assert found == [
        (
            Level.INFORMATION,
            "The record layout known here has no coverage “Q”, which E0001 has and 1 more. "
            "It was kept as it stands.",
            None,
            "E0001",
        ),
        (
            Level.INFORMATION,
            "The record layout known here has no pricing “78”, which E0001 has. It was kept as it stands.",
            None,
            "E0001",
        ),
    ]


def test_codes_of_cpt_are_left_out_and_counted():
    records, found = read(
        row("99213"), row("0001T"), row("25", "7"), row("E0001", ACT_EFF_DT="20260101"), row("99999")
    )
    assert [record.code for record in records] == ["E0001"]
    ((level, text, line, code),) = found
    assert (level, line, code) == (Level.WARNING, None, "")
    assert text.startswith("Codes of CPT, which is Level I of HCPCS: 4. They were left out")


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (row("E001"), "“E001” is not how a HCPCS code is written."),
        (row("X0001"), "“X0001” is not how a HCPCS code is written."),
        (row("E0001", "7"), "“E0001” is not how a HCPCS modifier is written."),
        (row("LT"), "“LT” is not how a HCPCS code is written."),
    ],
)
def test_a_code_that_is_not_written_so_is_an_error(wrong, text):
    assert read(wrong) == ([], [(Level.ERROR, text, 7, wrong.code)])


def test_a_code_without_words_is_an_error():
    _, found = read(row(ACT_EFF_DT="20260101")._replace(description="  "))
    assert found == [(Level.ERROR, "E0001 has no long description.", 7, "E0001")]


@pytest.mark.parametrize("sequence", ["", "x", "00100", "²"])
def test_a_sequence_that_does_not_run_on_is_an_error(sequence):
    first = row(ACT_EFF_DT="20260101")
    _, found = read(first, first._replace(number=8, record="4", sequence=sequence, values={}))
    assert [(level, line, code) for level, _, line, code in found] == [(Level.ERROR, 8, "E0001")]
