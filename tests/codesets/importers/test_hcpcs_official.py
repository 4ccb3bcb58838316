"""The HCPCS importers on official bytes, against what the raw files say when read in other ways.

The raw fields are cut as the official record layout gives them, and read from the workbooks with openpyxl;
the importer uses neither.
"""

import re
import warnings
from functools import cache
from io import BytesIO

import openpyxl
import pytest

from codesets import hcpcs_fields
from codesets.importers import hcpcs
from codesets.importers.base import Book, Level, Source, silent
from codesets.importers.hcpcs_record import FIELDS
from tests import official

pytestmark = pytest.mark.official

TEXT_2018, TEXT_2019 = "HCPC2018_CONTR_ANWEB_disc.txt", "HCPC2019_CONTR_ANWEB.txt"
XLSX_2019, XLSX_2025 = "HCPC2019_CONTR_ANWEB.xlsx", "HCPC2025_OCT_ANWEB_v3.xlsx"
LAYOUT, NOTES = "HCPCS2019_recordlayout.txt", "proc_notes_2019.txt"

# The text of 2019 lacks the fourth type of service of two codes that the workbook has.
FOURTH_TYPE = {"E0210": "R", "E0776": "R"}
# The text of 2018 has the date of five codes two columns early, where their group should be.
DATE_EARLY = {"C9488": "20170401", "C9745": "20170701", "C9746": "20170701", "C9747": "20170701"} | {
    "C9748": "20180101"
}
UNDATED_CHANGE = "A5513"  # changed in 2019, with no action effective date in either file


def sample(name: str) -> bytes:
    return official.sample(f"hcpcs/{name}")


@cache
def book(name: str) -> Book:
    return hcpcs.parse([Source(name, sample(name))], silent)


@cache
def layout() -> str:
    return sample(LAYOUT).decode("cp1252")


@cache
def spans() -> list[tuple[str, int, int]]:
    """Name, start and length of each field of the layout, those that occur several times numbered."""
    found = []
    for part in re.split(r"(?m)^ {1,2}(?=[0-9]{1,2}\.  )", layout())[1:]:
        name = re.match(r"[0-9]+\. +(.+?)(?:  |\r?\n)", part).group(1).strip()
        length, start, _ = map(int, re.search(r"(?m)^ +([0-9]+) +([0-9]+) +([0-9]+)(?:\s|$)", part).groups())
        times = int(match.group(1)) if (match := re.search(r"OCCURS MAX: ([0-9])", part)) else 1
        if name != "FILLER" and "REDEFINE" not in part and name != "HCPCS Modifier Code":
            found += [(name, start + n * length, length) for n in range(times)]
    return found


@cache
def raw_text(name: str) -> dict[str, tuple[dict[str, str], str]]:
    """Of each code of a text its columns, and its description with a blank between the lines."""
    codes: dict[str, tuple[dict[str, str], list[str]]] = {}
    names = [field.name for field in FIELDS]
    for line in sample(name).split(b"\r\n"):
        if not re.fullmatch(rb".{5}[0-9]{5}[3478].*", line[:11]):
            continue
        cut = [line[start - 1 : start - 1 + length].decode("cp1252") for _, start, length in spans()]
        fields = dict(zip(names, cut, strict=True))
        codes.setdefault(line[:5].decode().strip(), (fields, []))[1].append(fields["LONG DESCRIPTION"])
    return {code: (fields, " ".join(" ".join(words).split())) for code, (fields, words) in codes.items()}


@cache
def raw_workbook(name: str) -> dict[str, tuple[dict[str, str], str]]:
    """The same of each code of a workbook; a code of 2019 has two rows."""
    opened = openpyxl.load_workbook(BytesIO(sample(name)), read_only=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the page's footer, which nobody reads here
        rows = [[str("" if cell is None else cell) for cell in row] for row in opened.worksheets[0].values]
    head = next(at for at, row in enumerate(rows) if row[0] == "HCPC")
    codes: dict[str, tuple[dict[str, str], list[str]]] = {}
    for row in rows[head + 1 :]:
        fields = dict(zip(rows[head], row, strict=True))
        codes.setdefault(fields["HCPC"].strip(), (fields, []))[1].append(fields["LONG DESCRIPTION"])
    return {code: (fields, " ".join(" ".join(words).split())) for code, (fields, words) in codes.items()}


def raw(name: str) -> dict[str, tuple[dict[str, str], str]]:
    return raw_text(name) if name.endswith(".txt") else raw_workbook(name)


def grouped(fields: dict[str, str]) -> dict[str, list[str]]:
    """Values that are there, by the column without its number; blanks at most single."""
    groups: dict[str, list[str]] = {}
    for name, value in fields.items():
        if name not in ("HCPC", "SEQNUM", "RECID", "LONG DESCRIPTION") and value.strip():
            groups.setdefault(name.rstrip("12345678"), []).append(" ".join(value.split()))
    return groups


def written_back(details: dict) -> dict[str, list[str]]:
    """Details as the file has them, by column."""
    columns = {
        "short": "SHORT DESCRIPTION",
        "pricing": "PRICE",
        "multiple_pricing": "MULT_PI",
        "cim": "CIM",
        "mcm": "MCM",
        "statute": "STATUTE",
        "lab_certification": "LABCERT",
        "cross_references": "XREF",
        "coverage": "COV",
        "asc_group": "ASC_GRP",
        "asc_date": "ASC_DT",
        "mog_group": "OPPS",
        "mog_policy": "OPPS_PI",
        "mog_date": "OPPS_DT",
        "processing_note": "PROCNOTE",
        "betos": "BETOS",
        "type_of_service": "TOS",
        "anesthesia_units": "ANEST_BU",
        "added": "ADD DT",
        "effective": "ACT EFF DT",
        "terminated": "TERM DT",
        "action": "ACTION CD",
    }
    values = {columns[name]: value for name, value in details.items() if name != "kind"}
    dates = ("ASC_DT", "OPPS_DT", "ADD DT", "ACT EFF DT", "TERM DT")
    plain = {name: value.replace("-", "") if name in dates else value for name, value in values.items()}
    return {name: value if isinstance(value, list) else [str(value)] for name, value in plain.items()}


def test_the_fields_stand_where_the_official_record_layout_puts_them():
    assert [(field.start, field.length) for field in FIELDS] == [
        (start, length) for _, start, length in spans()
    ]


@pytest.mark.parametrize(
    ("name", "codes", "modifiers", "further", "version"),
    [(TEXT_2018, 6_205, 354, 4_426, "2018"), (TEXT_2019, 6_440, 360, 4_822, "2019")],
)
def test_the_texts_have_as_many_codes_as_first_records(name, codes, modifiers, further, version):
    lines = [
        line for line in sample(name).split(b"\r\n") if re.fullmatch(rb".{5}[0-9]{5}[3478].*", line[:11])
    ]
    kinds = [line[10:11] for line in lines]
    assert (kinds.count(b"3"), kinds.count(b"7")) == (codes, modifiers)
    assert kinds.count(b"4") + kinds.count(b"8") == further
    found = book(name)
    assert [record.details["kind"] for record in found.codes].count("modifier") == modifiers
    assert len(found.codes) == codes + modifiers
    assert found.version == version


def test_the_workbook_of_october_2025_has_8463_codes_and_383_modifiers():
    found = book(XLSX_2025)
    assert [record.details["kind"] for record in found.codes].count("code") == 8_463
    assert [record.details["kind"] for record in found.codes].count("modifier") == 383
    assert (found.version, str(found.covers[0]), str(found.covers[1])) == (
        "2025 October",
        "2025-10-01",
        "2026-01-01",
    )


@pytest.mark.parametrize("name", [TEXT_2018, TEXT_2019, XLSX_2019, XLSX_2025])
def test_no_official_file_has_an_error_or_a_warning(name):
    assert {finding.level for finding in book(name).findings.all()} == {Level.INFORMATION}


@pytest.mark.parametrize("name", [TEXT_2018, TEXT_2019, XLSX_2019, XLSX_2025])
def test_every_code_has_the_title_of_the_raw_file(name):
    assert {record.code: record.title for record in book(name).codes} == {
        code: title for code, (_, title) in raw(name).items()
    }


@pytest.mark.parametrize("name", [TEXT_2018, TEXT_2019, XLSX_2019, XLSX_2025])
def test_every_field_of_every_raw_record_is_accounted_for(name):
    expected = {code: grouped(fields) for code, (fields, _) in raw(name).items()}
    for code, groups in expected.items():
        # No code of CMS's own has base units: they are anesthesia's, which CPT has. Note 0000 is none.
        assert groups.pop("ANEST_BU", ["0"]) == ["0"]
        if groups.get("PROCNOTE") == ["0000"]:
            del groups["PROCNOTE"]
        if "ACT EFF DT" not in groups and code != UNDATED_CHANGE:
            assert groups["ACTION CD"] == ["N"]
            groups["ACT EFF DT"] = groups["ADD DT"]
        if name == TEXT_2018 and code in DATE_EARLY:
            assert groups.pop("ASC_GRP") + groups["ASC_DT"] == [DATE_EARLY[code][:2], DATE_EARLY[code][2:]]
            groups["ASC_DT"] = [DATE_EARLY[code]]
    assert {record.code: written_back(record.details) for record in book(name).codes} == expected


@pytest.mark.parametrize(
    ("name", "first_day", "ended"),
    [
        (TEXT_2018, "20180101", 460),
        (TEXT_2019, "20190101", 506),
        (XLSX_2019, "20190101", 506),
        (XLSX_2025, "20251001", 1_205),
    ],
)
def test_a_code_is_billable_unless_it_ended_before_the_release(name, first_day, ended):
    raws = {code: fields for code, (fields, _) in raw(name).items() if fields["RECID"] == "3"}
    gone = {code for code, fields in raws.items() if "" < fields["TERM DT"].strip() < first_day}
    assert len(gone) == ended
    assert {record.code for record in book(name).codes if record.billable} == raws.keys() - gone


def test_text_and_workbook_of_2019_load_to_the_same_rows():
    text, workbook = book(TEXT_2019), book(XLSX_2019)
    assert (text.headings, text.version, text.covers) == (
        workbook.headings,
        workbook.version,
        workbook.covers,
    )
    differing = [pair for pair in zip(text.codes, workbook.codes, strict=True) if pair[0] != pair[1]]
    assert [one.code for one, _ in differing] == list(FOURTH_TYPE)
    # What is not in the bytes cannot be in the rows: but for one letter that the text lacks, they are equal.
    for one, other in differing:
        raw_letters = [codes[one.code][0]["TOS4"] for codes in (raw_text(TEXT_2019), raw_workbook(XLSX_2019))]
        assert raw_letters == [" ", FOURTH_TYPE[one.code]]
        types = [*one.details["type_of_service"], FOURTH_TYPE[one.code]]
        assert one._replace(details={**one.details, "type_of_service": types}) == other


def test_the_files_of_2019_together_give_the_text_with_its_notes():
    names = [NOTES, LAYOUT, XLSX_2019, TEXT_2019]
    together = hcpcs.parse([Source(name, sample(name)) for name in names], silent)
    warned = [finding.code for finding in together.findings.all() if finding.level == Level.WARNING]
    assert warned == list(FOURTH_TYPE)
    noted = [record for record in together.codes if "processing_note" in record.details]
    assert len(noted) == sum(
        fields["PROCNOTE"].strip(" 0") > "" for fields, _ in raw_text(TEXT_2019).values()
    )
    texts = {record.details["processing_note"]: record.details["processing_note_text"] for record in noted}
    assert texts["0178"] == "SEE NCDM 20.9."
    bare = [
        record._replace(
            details={name: v for name, v in record.details.items() if name != "processing_note_text"}
        )
        for record in together.codes
    ]
    assert bare == book(TEXT_2019).codes


def meanings_of(alias: str) -> set[str]:
    """The codes that the layout lists after an alias, up to the next field or table."""
    part = layout()[layout().index(alias) :]
    part = re.split(r"(?m)^ {1,2}[0-9]{1,2}\.  |^ [A-Z_]+_TB  ", part[len(alias) :], maxsplit=1)[0]
    return set(re.findall(r"(?m)^\s*([0-9A-Z]{1,3})\s+=\s", part))


@pytest.mark.parametrize(
    ("alias", "meanings", "later"),
    [
        ("HCPCS_PRCNG_IND_CD", hcpcs_fields.PRICING, {"40"}),
        ("HCPCS_MLTPL_PRCNG_IND_CD", hcpcs_fields.MULTIPLE_PRICING, set()),
        ("HCPCS_LAB_CRTFCTN_CD", hcpcs_fields.LAB_CERTIFICATION, set()),
        ("HCPCS_CVRG_CD", hcpcs_fields.COVERAGE, set()),
        ("HCPCS_MOG_PMT_PLCY_IND_CD", hcpcs_fields.MOG_POLICY, set()),
        ("HCPCS_ACTN_CD", hcpcs_fields.ACTIONS, set()),
        ("\n BETOS_TB", hcpcs_fields.BETOS, {"O1L"}),
        ("\n CMS_TYPE_SRVC_TB", hcpcs_fields.TYPE_OF_SERVICE, set()),
    ],
)
def test_each_letter_of_the_layout_of_2019_is_explained(alias, meanings, later):
    assert meanings.keys() == meanings_of(alias) | later
