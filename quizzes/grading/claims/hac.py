"""What a line means to a hospital's payment: CC and MCC, and hospital-acquired conditions. Pure.

Whether another code changes the MS-DRG needs a grouper, and is not asked.
"""

import re
from typing import NamedTuple

from codesets.rules.facts import EditFact, Facts, TableFact
from codesets.systems import EditTable, System

# CMS's hospital-acquired conditions, fiscal year 2026 (42 CFR 412.87; Appendix I of the MS-DRG Definitions
# Manual), as far as the diagnosis alone shows them: categories 08 and 10 to 14 need a procedure beside it.
_CONDITIONS = (
    (r"T81(5[0-39]\d|6[019]X)A", "01, Foreign object retained after surgery"),
    (r"T800XXA", "02, Air embolism"),
    (r"T80(30XA|31[019]A|39XA)", "03, Blood incompatibility"),
    (r"L89\d{2}[34]|L89[49][34]", "04, Stage III and IV pressure ulcers"),
    (r"T8351[18]A", "06, Catheter-associated urinary tract infection"),
    (r"T8021[1289]A", "07, Vascular catheter-associated infection"),
    (r"E0[89](0[01]|10)|E1010|E110[01]|E13(0[01]|10)|E15", "09, Manifestations of poor glycemic control"),
)
# Fractures, dislocations, intracranial and crushing injuries, burns and others; of them CCs and MCCs.
_FALLS = re.compile(
    r"(S[0-9][23]\w{3}|S0[67]\w{3}|S(17|28|38|[4-9]7)\w{3}|T(2[0-8]|3[0-2]|6[79]|7[015])\w*?)[ABC]"
)
FALLS_AND_TRAUMA = "05, Falls and trauma"


class Level(NamedTuple):
    """cc or mcc, as the tables list it."""

    name: str
    table: TableFact


def level_of(code: str, facts: Facts) -> Level | None:
    """Of a secondary diagnosis of an inpatient. None where it is neither, and where no MS-DRG tables are
    loaded. Whether the principal diagnosis takes it its effect (Table 6K) is not asked.
    """
    table, listed = facts.tables.get(EditTable.MS_DRG), _listed(code, facts)
    return Level(listed.edit, table) if table and listed else None


def acquired_condition(code: str, facts: Facts) -> str:
    """The number and name of the hospital-acquired condition; empty for any other diagnosis."""
    for pattern, name in _CONDITIONS:
        if re.fullmatch(pattern, code):
            return name
    if _FALLS.fullmatch(code) and (EditTable.MS_DRG not in facts.tables or _listed(code, facts)):
        return FALLS_AND_TRAUMA
    return ""


def _listed(code: str, facts: Facts) -> EditFact | None:
    found = (facts.edit(EditTable.MS_DRG, name, System.ICD10CM, code) for name in ("mcc", "cc"))
    return next((each for each in found if each), None)
