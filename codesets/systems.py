"""What can be loaded: the code systems, and the reference books beside them. Names, tags, how a code is
written. Pure.
"""

from dataclasses import dataclass
from enum import StrEnum


class System(StrEnum):
    ICD10CM = "icd10cm"
    ICD10PCS = "icd10pcs"
    HCPCS = "hcpcs"
    CPT = "cpt"


class Reference(StrEnum):
    """Books beside the code systems: with releases and windows like theirs, and no codes of their own."""

    ICD10CM_INDEX = "icd10cm_index"
    ICD10PCS_INDEX = "icd10pcs_index"
    EDITS = "edits"


# Whose codes an index leads to.
INDEXES: dict[str, System] = {
    Reference.ICD10CM_INDEX: System.ICD10CM,
    Reference.ICD10PCS_INDEX: System.ICD10PCS,
}


class EditTable(StrEnum):
    """The tables of Reference.EDITS: each has windows of its own, for each is published at its own pace."""

    MCE = "mce"
    POA_EXEMPT = "poa_exempt"
    POA_INDICATOR = "poa_indicator"
    PLACE_OF_SERVICE = "place_of_service"
    NCCI_PRACTITIONER = "ncci_practitioner"
    NCCI_HOSPITAL = "ncci_hospital"
    MUE_PRACTITIONER = "mue_practitioner"
    MUE_HOSPITAL = "mue_hospital"
    MUE_DME = "mue_dme"
    MS_DRG = "ms_drg"


@dataclass(frozen=True)
class SystemInfo:
    name: str
    tag: str  # two letters, beside the hue of the style sheet's class of the same name
    css: str
    steward: str


SYSTEMS: dict[System, SystemInfo] = {
    System.ICD10CM: SystemInfo("ICD-10-CM", "CM", "cm", "CDC/NCHS"),
    System.ICD10PCS: SystemInfo("ICD-10-PCS", "PC", "pc", "CMS"),
    System.HCPCS: SystemInfo("HCPCS Level II", "HC", "hc", "CMS"),
    System.CPT: SystemInfo("CPT", "CP", "cp", "American Medical Association"),
}
REFERENCES: dict[Reference, SystemInfo] = {
    Reference.ICD10CM_INDEX: SystemInfo("ICD-10-CM Index", "CM", "cm", "CDC/NCHS"),
    Reference.ICD10PCS_INDEX: SystemInfo("ICD-10-PCS Index", "PC", "pc", "CMS"),
    Reference.EDITS: SystemInfo("Code edits", "ED", "ed", "CMS"),
}
LOADABLE: dict[str, SystemInfo] = {
    **{system.value: info for system, info in SYSTEMS.items()},
    **{reference.value: info for reference, info in REFERENCES.items()},
}
EDIT_TABLES: dict[EditTable, str] = {
    EditTable.MCE: "Medicare Code Editor",
    EditTable.POA_EXEMPT: "POA exempt list",
    EditTable.POA_INDICATOR: "POA indicators",
    EditTable.PLACE_OF_SERVICE: "Place of service codes",
    EditTable.NCCI_PRACTITIONER: "NCCI PTP edits, practitioner",
    EditTable.NCCI_HOSPITAL: "NCCI PTP edits, outpatient hospital",
    EditTable.MUE_PRACTITIONER: "MUE, practitioner",
    EditTable.MUE_HOSPITAL: "MUE, outpatient hospital",
    EditTable.MUE_DME: "MUE, DME supplier",
    EditTable.MS_DRG: "MS-DRG tables",
}
# CPT belongs to the American Medical Association.
PUBLIC_DOMAIN = frozenset(System) - {System.CPT}
SYSTEM_CHOICES = [(system.value, info.name) for system, info in SYSTEMS.items()]
LOADABLE_CHOICES = [(name, info.name) for name, info in LOADABLE.items()]
EDIT_TABLE_CHOICES = [(table.value, name) for table, name in EDIT_TABLES.items()]


def normalize(code: str) -> str:
    """A code as it is stored: upper case, without dot, dash or spaces. `e11.22 ` becomes `E1122`."""
    return "".join(character for character in code.upper() if character.isalnum())


def display(system: str, code: str) -> str:
    """A stored code as coders write it: ICD-10-CM with its dot after the third character."""
    if system == System.ICD10CM and len(code) > 3:
        return f"{code[:3]}.{code[3:]}"
    return code
