"""The notes that ask for a second code in every case, not only "if applicable". Pure.

Curated from the tabular list of fiscal year 2026 and the Official Guidelines. The words come from the note in
the book of the claim's date: where that book has no such note, nothing is asked.
"""

from dataclasses import dataclass
from functools import lru_cache

from codesets.rules.targets import Target, named, targets


@dataclass(frozen=True)
class Need:
    """Codes that need another one before them (code_first) or after them (use_additional).

    `needs` are the codes that will do, at times more than the note names; empty where the note only gives
    examples and any other disease will do. `reason` follows "Add a code ...:" in the message.
    """

    kind: str
    codes: tuple[Target, ...]
    needs: tuple[Target, ...]
    reason: str


def _first(codes: str, needs: str, reason: str) -> Need:
    return Need("code_first", targets(codes), targets(needs), reason)


def _additional(codes: str, needs: str, reason: str) -> Need:
    return Need("use_additional", targets(codes), targets(needs), reason)


_NEOPLASM = "C00-D49"
_DIABETIC_KIDNEY = "E08.22 E09.22 E10.22 E11.22 E13.22"
_DIABETIC_FOOT = "E08.621 E09.621 E10.621 E11.621 E13.621"
_DIABETIC_ULCER = "E08.622 E09.622 E10.622 E11.622 E13.622"
_ARTERIAL_ULCER = "I70.23-I70.25 I70.33-I70.35 I70.43-I70.45 I70.53-I70.55 I70.63-I70.65 I70.73-I70.75"
_SKIN_ULCER = "L97 L98.4 L98.A"
_CORROSION = (
    "T20.4-T20.7 T21.4-T21.7 T22.4-T22.7 T23.4-T23.7 T24.4-T24.7 T25.4-T25.7 T26.5-T26.9 T27.4-T27.7 "
    "T28.5-T28.9"
)
# Systemic infections outside of chapter 1: obstetric, newborn, after procedures, infusions and vaccinations.
_INFECTION = (
    "A00-B94 B99 O03.37 O03.87 O04.87 O07.37 O08.82 O75.3 O85 O86.04 O98 P35-P37 T80.2 T81.4 T88.0 U07.1"
)

NEEDS: tuple[Need, ...] = (
    # I.C.1.d.1.b: "first a code for the underlying systemic infection, followed by a code from R65.2"
    _first("R65.2", _INFECTION, "severe sepsis is told by two codes, the systemic infection first"),
    # I.C.2.c.1: "the malignancy is sequenced as the principal ... followed by the ... code for the anemia"
    _first("D63.0", _NEOPLASM, "the anemia is that of a neoplasm"),
    # Manifestation codes of the Medicare Code Editor that lack "in diseases classified elsewhere" (I.A.13).
    _first("D63.1", "N18", "the anemia is that of chronic kidney disease"),
    _first("G13.0-G13.1 G73.1", _NEOPLASM, "the disorder is that of a neoplasm"),
    _first("I31.31 J91.0 R18.0", _NEOPLASM, "the effusion is that of a malignant neoplasm"),
    _first("M36.0-M36.1 M90.6", _NEOPLASM, "the disorder is that of a neoplasm"),
    _first("I68.0", "E85", "the angiopathy is that of amyloidosis"),
    _first("K82.A", "K80-K81", "it is a complication of cholecystitis"),
    _first("E08", "", "the diabetes is due to another condition"),  # I.C.4.a.6
    # One half of a statement whose other half has a code of its own.
    _first("G46", "I60-I69", "the syndrome is that of a cerebrovascular disease"),
    _first("I25.82-I25.84", "I25.1 I25.7 I25.81", "it describes a coronary atherosclerosis"),
    _first("I70.92", "I70.2-I70.7", "it describes an atherosclerosis of the extremities"),
    _first("J12.82", "U07.1", "the pneumonia is that of COVID-19"),  # I.C.1.g.1.c
    _first("J82.83", "J45", "it describes an asthma"),
    _first("H26.23", "H40-H42", "the opacities are those of a glaucoma"),
    _first("H10.82", "L71", "the conjunctivitis is that of rosacea"),
    _first("C80.2 D47.Z1", "T86", "it is a complication of a transplant"),  # I.C.2.r
    _first("S06.A", "S06.0-S06.9", "the compression is that of an injury of the brain"),
    _first("R29.7", "I60-I63", "the score describes an acute stroke"),  # I.C.18.i
    _first(_CORROSION, "T51-T65", "only that code tells the chemical and the intent"),
    # I.C.19.e.5.c: "to be used with an underdosing code to indicate intent"
    _first("Z91.12-Z91.13 Z91.A2-Z91.A3", "T36-T50", "it only tells why the drug was underdosed"),
    # I.C.9.a.2 and 3: "a secondary code ... to identify the stage of chronic kidney disease"
    _additional(_DIABETIC_KIDNEY, "N18", "only that code tells the stage"),
    _additional("I12.0 I13.11 I13.2", "N18.5-N18.6", "only that code tells the stage"),
    _additional("I12.9 I13.0 I13.10", "N18.1-N18.4 N18.9", "only that code tells the stage"),
    # I.C.9.a.1 and 3: "an additional code from category I50 to identify the type of heart failure"
    _additional("I09.81 I11.0 I13.0 I13.2 I97.13", "I50", "only that code tells the type of heart failure"),
    # The site and depth of an ulcer are nowhere else.
    _additional(_DIABETIC_FOOT, _SKIN_ULCER, "only that code tells the site and severity of the ulcer"),
    _additional(_DIABETIC_ULCER, _SKIN_ULCER, "only that code tells the site and severity of the ulcer"),
    _additional(_ARTERIAL_ULCER, _SKIN_ULCER, "only that code tells the severity of the ulcer"),
    _additional("I83.0 I83.2", "L97", "only that code tells the severity of the ulcer"),
    _additional("I87.01 I87.03 I87.31 I87.33", "L97", "only that code tells the severity of the ulcer"),
    # I.C.15.n.3: "Z37.0 ... is the only outcome of delivery code appropriate for use with O80"
    _additional("O80", "Z37.0", "a normal delivery ends in a single live birth"),
    _additional("O82", "Z37", "every delivery has an outcome"),
    # I.C.15.d: "it is necessary to add a secondary code from the appropriate hypertension category"
    _additional("O10.1", "I11", "only that code tells the type of hypertensive disease"),
    _additional("O10.2", "I12", "only that code tells the type of hypertensive disease"),
    _additional("O10.3", "I13", "only that code tells the type of hypertensive disease"),
    _additional("O10.4", "I15", "only that code tells the type of hypertension"),
    # I.C.15.g: "first, followed by the appropriate diabetes code(s) (E08-E13) from Chapter 4"
    _additional("O24.0-O24.3 O24.8", "E08-E13", "chapter 15 does not tell the diabetes in full"),
    # I.C.15.f and l
    _additional("O98.7", "B20 Z21 R75", "only that code tells the type of HIV disease"),
    _additional("O99.31", "F10", "only that code tells the use of alcohol"),
    _additional("O99.32", "F11-F16 F18-F19", "only that code tells the drug"),
    _additional("O99.33", "F17 Z72.0", "only that code tells the type of tobacco dependence"),
    _additional("O99.21", "E66", "only that code tells the type of obesity"),
    _additional("Z47.1", "Z96.6", "only that code tells which joint was replaced"),
)


@lru_cache(maxsize=4096)
def needs_of(code: str, kind: str) -> tuple[Need, ...]:
    """What the code needs before it (code_first) or after it (use_additional)."""
    return tuple(need for need in NEEDS if need.kind == kind and named(need.codes, code))
