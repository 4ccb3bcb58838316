"""How ICD-10-CM is built: codes as they are written, chapters, what must hold of codes and headers. Pure."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping

from codesets.importers.base import CodeRecord, Findings, HeadingRecord, Level
from codesets.systems import System, display

WRITTEN = re.compile(r"[A-Z][0-9A-Z]{2,6}")
"""A code without dot."""

# First category, chapter and title, in the order of the alphabet: chapter 22 is the last of the book.
_CHAPTERS = (
    ("A00", "1", "Certain infectious and parasitic diseases (A00-B99)"),
    ("C00", "2", "Neoplasms (C00-D49)"),
    (
        "D50",
        "3",
        "Diseases of the blood and blood-forming organs and certain disorders involving the immune mechanism "
        "(D50-D89)",
    ),
    ("E00", "4", "Endocrine, nutritional and metabolic diseases (E00-E89)"),
    ("F00", "5", "Mental, Behavioral and Neurodevelopmental disorders (F01-F99)"),
    ("G00", "6", "Diseases of the nervous system (G00-G99)"),
    ("H00", "7", "Diseases of the eye and adnexa (H00-H59)"),
    ("H60", "8", "Diseases of the ear and mastoid process (H60-H95)"),
    ("I00", "9", "Diseases of the circulatory system (I00-I99)"),
    ("J00", "10", "Diseases of the respiratory system (J00-J99)"),
    ("K00", "11", "Diseases of the digestive system (K00-K95)"),
    ("L00", "12", "Diseases of the skin and subcutaneous tissue (L00-L99)"),
    ("M00", "13", "Diseases of the musculoskeletal system and connective tissue (M00-M99)"),
    ("N00", "14", "Diseases of the genitourinary system (N00-N99)"),
    ("O00", "15", "Pregnancy, childbirth and the puerperium (O00-O9A)"),
    ("P00", "16", "Certain conditions originating in the perinatal period (P00-P96)"),
    ("Q00", "17", "Congenital malformations, deformations and chromosomal abnormalities (Q00-Q99)"),
    (
        "R00",
        "18",
        "Symptoms, signs and abnormal clinical and laboratory findings, not elsewhere classified (R00-R99)",
    ),
    ("S00", "19", "Injury, poisoning and certain other consequences of external causes (S00-T88)"),
    ("U00", "22", "Codes for special purposes (U00-U85)"),
    ("V00", "20", "External causes of morbidity (V00-Y99)"),
    ("Z00", "21", "Factors influencing health status and contact with health services (Z00-Z99)"),
)
_FIRSTS = [first for first, _, _ in _CHAPTERS]


def chapter_of(code: str) -> str:
    """The chapter that a code belongs to by its category."""
    return _CHAPTERS[max(bisect_right(_FIRSTS, code[:3]) - 1, 0)][1]


def chapter_headings(wanted: Iterable[str]) -> list[HeadingRecord]:
    """The wanted chapters in the order of the book."""
    wanted = set(wanted)
    titles = {name: title for _, name, title in _CHAPTERS if name in wanted}
    names = sorted(titles, key=int)
    return [HeadingRecord("chapter", name, titles[name], "", position) for position, name in enumerate(names)]


def dotted(code: str) -> str:
    return display(System.ICD10CM, code)


def check_tree(codes: Iterable[CodeRecord], findings: Findings, lines: Mapping[str, int]) -> None:
    """Every code stands below a category, and headers have codes below them. `lines`: where each stands."""
    codes = list(codes)
    headers = {record.parent for record in codes}
    for record in codes:
        level, problem = Level.ERROR, ""
        if not record.parent and len(record.code) > 3:
            problem = "has no category above it; lines may be missing."
        elif record.billable and record.code in headers:
            problem = "is marked as valid, and codes stand below it."
        elif not record.billable and record.code not in headers:
            level, problem = Level.WARNING, "is a header, and no code stands below it."
        if problem:
            name = dotted(record.code)
            findings.add(level, f"{name} {problem}", line=lines.get(record.code), code=name)
