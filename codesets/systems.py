"""The code systems: names, tags and how a code is written. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class System(StrEnum):
    ICD10CM = "icd10cm"
    ICD10PCS = "icd10pcs"
    HCPCS = "hcpcs"
    CPT = "cpt"


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
# CPT belongs to the American Medical Association.
PUBLIC_DOMAIN = frozenset(System) - {System.CPT}
SYSTEM_CHOICES = [(system.value, info.name) for system, info in SYSTEMS.items()]


def normalize(code: str) -> str:
    """A code as it is stored: upper case, without dot, dash or spaces. `e11.22 ` becomes `E1122`."""
    return "".join(character for character in code.upper() if character.isalnum())


def display(system: str, code: str) -> str:
    """A stored code as coders write it: ICD-10-CM with its dot after the third character."""
    if system == System.ICD10CM and len(code) > 3:
        return f"{code[:3]}.{code[3:]}"
    return code
