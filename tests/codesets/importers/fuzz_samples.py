"""One small valid file, or set of files, of every kind that an importer reads: what the fuzzing starts from.

All of it is invented. What stands in tests/data/codesets is taken from there; the rest is laid out here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import openpyxl

from codesets.importers.base import Source
from codesets.importers.hcpcs_record import FIELDS

DRAWN = Path(__file__).parents[2] / "data" / "codesets"


@dataclass(frozen=True)
class Sample:
    """Files that `system` is imported from; `base` are the files of the release that addenda build on."""

    name: str
    system: str
    sources: tuple[Source, ...]
    base: tuple[Source, ...] = ()

    def __str__(self) -> str:
        return self.name


def drawn(name: str, called: str = "") -> Source:
    return Source(called or name, (DRAWN / name).read_bytes())


def text(name: str, *lines: str) -> Source:
    return Source(name, "".join(f"{line}\r\n" for line in lines).encode("cp1252"))


def workbook(name: str, rows: Iterable[Iterable[object]], sheet: str = "Sheet1") -> Source:
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(list(row))
    packed = BytesIO()
    book.save(packed)
    return Source(name, packed.getvalue())


def _order(*codes: tuple[str, int, str]) -> list[str]:
    return [
        f"{number:05} {code:<7} {valid} {title[:60]:<60} {title}"
        for number, (code, valid, title) in enumerate(codes, start=1)
    ]


def _change(verb: str, code: str, title: str) -> str:
    return f"{verb:<13}{code:<9} {title:<60} {title}"


CM_ORDER = text(
    "icd10cm-order-2026.txt",
    *_order(
        ("R00", 0, "Page fever"),
        ("R000", 1, "Page fever of the margin"),
        ("R001", 1, "Page fever of the spine"),
        ("R009", 1, "Page fever, unspecified"),
        ("R01", 1, "Lamp glare"),
        ("S06", 0, "Head met by book"),
        ("S060", 0, "Bump"),
        ("S060X", 0, "Bump of the brow"),
        ("S060X1", 0, "Bump of the brow, brief"),
        ("S060X1A", 1, "Bump of the brow, brief, initial encounter"),
        ("S060X1D", 1, "Bump of the brow, brief, subsequent encounter"),
        ("T07", 0, "Unlucky reading"),
        ("T07XXXA", 1, "Unlucky reading, initial encounter"),
    ),
)
CM_ORDER_ADDENDA = text(
    "icd10cm-order-addenda-2027.txt",
    _change("Delete:", "1 R001", "Page fever of the spine"),
    _change("Add:", "0 R001", "Page fever of the spine"),
    _change("Add:", "1 R0010", "Page fever of the upper spine"),
    _change("Revise from:", "1 R009", "Page fever, unspecified"),
    _change("Revise to:", "1 R009", "Page fever, not specified"),
    "",
    "Headers",
    "      6 headers in icd10cm-order-2026.txt",
    "      7 headers in icd10cm-order-2027.txt",
    "      1 additions",
    "      0 deletions",
    "      0 revisions",
    "",
    "Codes",
    "      7 codes in icd10cm-order-2026.txt",
    "      7 codes in icd10cm-order-2027.txt",
    "      1 additions",
    "      1 deletions",
    "      1 revisions",
)
CM_CODE_ADDENDA = text(
    "icd10cm-codes-addenda-2027.txt",
    "Delete:      R001    Page fever of the spine",
    "Add:         R02     Ink cough",
    "Revise from: R009    Page fever, unspecified",
    "Revise to:   R009    Page fever, not specified",
)

_CELLS = '<cell col="2">{}</cell><cell col="3">C79.8-</cell><cell col="4">--</cell><cell col="5">D36.7</cell>'


def _index(name: str, body: str, title: str = "") -> Source:
    named = f"<title>{title}</title>" if title else ""
    return Source(name, f"<ICD10CM.index><version>2026</version>{named}{body}</ICD10CM.index>".encode())


DISEASES = _index(
    "icd10cm_index_2026.xml",
    """<letter><title>F</title>
<mainTerm><title>Fever<nemod>(of readers) (slight)</nemod></title><code>R00.9</code>
<term level="1"><title>margin</title><code>R00.0</code><manif>T07</manif></term>
<term level="1"><title>spine NEC</title><see>Glare, lamp</see>
<term level="2"><title>with cough</title><code>R00.1</code></term></term>
<term level="1"><title>sleepless</title><seeAlso>Glare</seeAlso><seecat>R01</seecat></term></mainTerm>
</letter><letter><title>G</title><mainTerm><title>Glare</title><code>R01</code>
<term level="1"><title>lamp</title><code>R01</code><subcat>R01.-</subcat></term></mainTerm></letter>""",
    "ICD-10-CM INDEX TO DISEASES and INJURIES",
)
ACCIDENTS = _index(
    "icd10cm_eindex_2026.xml",
    """<letter><title>A</title><mainTerm><title>Accident<nemod>(to)</nemod></title><code>X58</code>
<term level="1"><title>ladder</title><see>Fall, ladder</see></term></mainTerm></letter>
<letter><title>F</title><mainTerm><title>Fall</title><code>W19</code>
<term level="1"><title>ladder</title><code>W11</code></term></mainTerm></letter>""",
    "ICD-10-CM External Cause of Injuries Index",
)
NEOPLASMS = _index(
    "icd10cm_neoplasm_2026.xml",
    '<indexHeading><head col="1">Neoplasm</head><head col="2">Malignant Primary</head>'
    '<head col="3">Malignant Secondary</head></indexHeading>'
    f"<letter><title>N</title><mainTerm><title>Neoplasm, neoplastic</title>{_CELLS.format('C80.1')}"
    f'<term level="1"><title>bookplate</title>{_CELLS.format("C76.2")}</term></mainTerm></letter>',
)
DRUGS = _index(
    "icd10cm_drug_2026.xml",
    '<indexHeading><head col="1">Substance</head><head col="2">Poisoning Accidental</head></indexHeading>'
    '<letter><title>I</title><mainTerm><title>Ink</title><cell col="2">T51.3X1</cell><cell col="6">--</cell>'
    '<term level="1"><title>red</title><cell col="2">T51.3X2</cell></term></mainTerm></letter>',
)
PCS_INDEX = Source(
    "icd10pcs_index_2026.xml",
    b"""<?xml version="1.0" encoding="utf-8"?>
<ICD10PCS.index><version>2026</version><title>2026 ICD-10-PCS Index</title>
<letter><title>L</title><mainTerm><title>Leafing</title><use>Spine, Left</use>
<term level="1"><title>cover</title><see>Leafing, Books<codes>0AA1</codes></see></term>
<term level="1"><title>spine</title><code>0AA20J1</code><tab>0AA</tab></term></mainTerm></letter>
</ICD10PCS.index>""",
)
PCS_LIST = text("icd_10_pcs.csv", "code,title", '0AA10ZZ,"Leafing of Cover, Open Approach"', "0AG30JZ,Gluing")


def _record(code: str, record: str, **given: str) -> str:
    values = {"HCPC": code, "SEQNUM": "00100", "RECID": record} | given
    line = [" "] * 320
    for field in FIELDS:
        written = values.get(field.name.replace(" ", "_"), "")[: field.length]
        line[field.start - 1 : field.start - 1 + field.length] = written.ljust(field.length)
    return "".join(line)


_DATED = {"COV": "C", "ADD_DT": "20250101", "ACT_EFF_DT": "20260101", "ACTION_CD": "A", "PROCNOTE": "0002"}
HCPCS_RECORDS = [
    {
        "code": "   A1",
        "record": "7",
        "LONG_DESCRIPTION": "Invented side",
        "SHORT_DESCRIPTION": "SIDE",
        **_DATED,
    },
    {"code": "A0002", "record": "3", "LONG_DESCRIPTION": "Bookmark of ribbon, for", **_DATED},
    {"code": "A0002", "record": "4", "LONG_DESCRIPTION": "readers, each", "SEQNUM": "00200"},
    {"code": "E0001", "record": "3", "LONG_DESCRIPTION": "Lamp", "PRICE1": "32", "XREF1": "E0002", **_DATED},
    {"code": "E0002", "record": "3", "LONG_DESCRIPTION": "Lamp, old", "TERM_DT": "20251231", **_DATED},
]
HCPCS_TEXT = text("HCPC2026_JAN_ANWEB.txt", "***Disclaimers", "", *(_record(**row) for row in HCPCS_RECORDS))
HCPCS_NOTES = text(
    "proc_notes_JAN2026.txt",
    "                     PROCESSING NOTES",
    "   0002--THIS LAMP (E0001) IS NOT TO BE CONFUSED  *",
    "         WITH E0002.                              *",
)


def _hcpcs_rows() -> Iterable[list[str]]:
    yield [field.name for field in FIELDS]
    for row in HCPCS_RECORDS:
        values = {"SEQNUM": "00100"} | row | {"HCPC": row["code"].strip(), "RECID": row["record"]}
        yield [values.get(field.name.replace(" ", "_"), "") for field in FIELDS]


_CPT_NOTICE = ("CPT 2026 Data File", "CPT copyright 2025 American Medical Association.", "")
CPT = (
    text(
        "LONGULT.txt",
        *_CPT_NOTICE,
        "99991\tInvented service one",
        "99992\tInvented service two",
        "0999T\tThree",
    ),
    text("MEDU.txt", *_CPT_NOTICE, "99991 INVENTED SERVICE ONE", "99992 INVENTED SERVICE TWO", "0999T THREE"),
    text("SHORTU.txt", *_CPT_NOTICE, "99991 SERVICE ONE", "99992 SERVICE TWO", "0999T THREE"),
    text("MODUL.txt", *_CPT_NOTICE, "Z1 Invented side", "Z2 Invented reason", "8Z Invented person"),
)

_MCE_HEAD = "MCE_Version ICD_Version MCE_Section MCE_Subsection MCE_Edit_Type ICD_Code_Type ICD_Code ICD_Desc"
MCE = text(
    "MCE_Simple_Code_Edits_v43.txt",
    "\t".join(_MCE_HEAD.split()),
    "43\t10\t4\tA\tNewborn_Only\tD\tR009\tPage fever, unspecified",
    "43\t10\t6\t_\tPrincipal_Manifestation\tD\tR000\tPage fever of the margin",
    "43\t10\t11\tA\tNoncovered_Always\tP\t0AA10ZZ\tLeafing of Cover, Open Approach",
)
POA_EXEMPT = text(
    "POAexemptCodes2026.txt",
    "Order2026\tPOAexemptCode\tDescription",
    "00001\tR00.9\tPage fever, unspecified",
    "00002\tR01\tLamp glare",
)
POA_INDICATORS = text(
    "present_on_admission.csv",
    "present_on_admit_code,present_on_admit_description",
    'Y,"The fever was there, on arrival"',
    "1,Exempt",
)
PLACES = text(
    "place_of_service.csv",
    "place_of_service_code,place_of_service_description",
    "01,Library",
    '02,"Attic, cold"',
)
NCCI_ROWS = [
    ["Invented code numbers only"],
    ["Column1/Column2 Edits, Practitioner"],
    [
        "Column 1",
        "Column 2",
        "*=in existence prior to 1996",
        "Effective Date",
        "Deletion Date",
        "Modifier",
        "PTP",
    ],
    ["", "", "", "", "*=no data", "0=not allowed", "Rationale"],
    ["99991", "99992", "", "20240101", "*", "1", "Misuse of column two code"],
    ["A0002", "E0001", "*", "19960101", "20251231", "0", "More extensive lamp"],
    ["0999T", "E0001", "", "20250401", "20250401", "9", "Misuse of column two code"],
]
NCCI = text("ccipra-v322r0-f1.txt", *("\t".join(row) for row in NCCI_ROWS))
MUE_ROWS = [
    ["HCPCS/\nCPT Code", "Practitioner Services MUE Values", "MUE Adjudication Indicator", "MUE Rationale"],
    ["A0002", "3", "2 Date of Service Edit: Policy", "Invented policy"],
    ["99991", "1", "1 Line Edit", "Nature of the lamp"],
    ["E0001", "0", "3 Date of Service Edit: Clinical", "Invented data"],
]
MUE = text(
    "MCR_MUE_PractitionerServices_Eff_04-01-2026.csv",
    *(",".join('"' + cell.replace("\n", " ") + '"' for cell in row) for row in MUE_ROWS),
)
DRG_5_ROWS = [
    ["TABLE 5.-LIST OF MS-DRGS, RELATIVE WEIGHTING FACTORS, FY 2026 Final Rule"],
    [
        "MS-DRG",
        "FINAL Post-Acute DRG",
        "Special Pay DRG",
        "MDC",
        "TYPE",
        "MS-DRG Title",
        "Weights",
        "Geometric mean",
    ],
    ["001", "No", "No", "PRE", "SURG", "READING WITH MCC", "28.6", "30.1"],
    ["981", "Yes", "No", "01", "MED", "FEVER WITHOUT CC", "1.02", "."],
]
DRG = (
    text("Table 5 FY 2026.txt", *("\t".join(row) for row in DRG_5_ROWS)),
    text(
        "Table 6I FY 2026.txt",
        "TABLE 6I.-COMPLETE MCC LIST",
        "ICD-10-CM CODE\tDESCRIPTION",
        "R00.0\tPage fever",
    ),
    text(
        "Table 6J FY 2026.txt",
        "TABLE 6J.-COMPLETE CC LIST",
        "ICD-10-CM CODE\tDESCRIPTION",
        "R00.1\tPage fever",
    ),
    text(
        "Table 6K FY 2026.txt",
        "TABLE 6K.-COMPLETE LIST OF CC EXCLUSIONS",
        "K Part 1",
        " I10 Dx  Lev PDX Exclusions",
        " R000    MCC 0001:2 codes       Page fever of the margin",
        " R001    CC  No Excl            Page fever of the spine",
        "PDX collection 0001",
        "  R009    Page fever, unspecified",
        "  R01     Lamp glare",
        "K Part 2",
        "  R000    Page fever of the margin",
        "K Part 3",
        "MDC 01 DRGs 082-084 Bump of the Brow >1 Hour",
        "  R001    Page fever of the spine",
    ),
    text("mdc.csv", "01,Diseases and Disorders of the Reader", "02,Diseases and Disorders of the Lamp"),
)

SAMPLES = (
    Sample("CM tabular", "icd10cm", (drawn("reading_2026.xml"),)),
    Sample("CM order file", "icd10cm", (CM_ORDER,)),
    Sample("CM tabular and order file", "icd10cm", (drawn("reading_2026.xml"), CM_ORDER)),
    Sample("CM order addenda", "icd10cm", (CM_ORDER_ADDENDA,), base=(CM_ORDER,)),
    Sample("CM code addenda", "icd10cm", (CM_CODE_ADDENDA,), base=(drawn("reading_2026.xml"),)),
    Sample("CM index", "icd10cm_index", (DISEASES, NEOPLASMS, DRUGS, ACCIDENTS)),
    Sample("PCS tables", "icd10pcs", (drawn("pcs_tables_2026.xml"),)),
    Sample(
        "PCS tables, titles and definitions",
        "icd10pcs",
        tuple(
            drawn(name) for name in ("pcs_tables_2026.xml", "pcs_order_2026.txt", "pcs_definitions_2026.xml")
        ),
    ),
    Sample("PCS order file", "icd10pcs", (drawn("pcs_order_2026.txt"),)),
    Sample("PCS list", "icd10pcs", (PCS_LIST,)),
    Sample(
        "PCS addenda", "icd10pcs", (drawn("pcs_order_addenda_2027.txt"),), base=(drawn("pcs_order_2026.txt"),)
    ),
    Sample("PCS index", "icd10pcs_index", (PCS_INDEX,)),
    Sample("HCPCS teaching set", "hcpcs", (drawn("supplies.csv"),)),
    Sample("HCPCS text and notes", "hcpcs", (HCPCS_TEXT, HCPCS_NOTES)),
    Sample("HCPCS workbook", "hcpcs", (workbook("HCPC2026_JAN_ANWEB.xlsx", _hcpcs_rows()),)),
    Sample("CPT", "cpt", CPT),
    Sample("MCE lists", "edits", (MCE,)),
    Sample("POA exempt list", "edits", (POA_EXEMPT,)),
    Sample("POA indicators", "edits", (POA_INDICATORS,)),
    Sample("places of service", "edits", (PLACES,)),
    Sample("NCCI edits", "edits", (NCCI,)),
    Sample("NCCI workbook", "edits", (workbook("ccipra-v322r0-f1.xlsx", NCCI_ROWS),)),
    Sample("MUE", "edits", (MUE,)),
    Sample("MUE workbook", "edits", (workbook("MUE_Eff_04-01-2026.xlsx", MUE_ROWS),)),
    Sample("MS-DRG tables", "edits", DRG),
)
