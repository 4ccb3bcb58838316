"""The sections of the ICD-10-CM Official Guidelines for Coding and Reporting, FY 2026: their numbers alone.

Pure. What cites the guidelines is held against these; the words stand in the guidelines themselves.
"""

import re

EDITION = "Official Guidelines FY 2026"

# The last subsection of each section that has any; they are numbered or lettered without a gap. Points below
# the numbers, such as I.C.1.a.2.g, are not listed: what is checked of them is the section that they stand in.
_LAST = {
    "I": "C",
    "I.A": "19",
    "I.A.6": "b",
    "I.A.9": "b",
    "I.A.12": "b",
    "I.B": "20",
    "I.B.19": "d",
    "I.C": "22",
    "I.C.1": "g",
    "I.C.1.a": "2",
    "I.C.1.d": "9",
    "I.C.1.e": "1",
    "I.C.1.f": "1",
    "I.C.1.g": "1",
    "I.C.2": "t",
    "I.C.2.c": "4",
    "I.C.2.e": "3",
    "I.C.2.l": "6",
    "I.C.4": "b",
    "I.C.4.a": "6",
    "I.C.4.b": "1",
    "I.C.5": "d",
    "I.C.5.b": "5",
    "I.C.6": "b",
    "I.C.6.b": "6",
    "I.C.7": "b",
    "I.C.7.a": "5",
    "I.C.9": "e",
    "I.C.9.a": "12",
    "I.C.9.d": "3",
    "I.C.9.e": "6",
    "I.C.10": "e",
    "I.C.10.a": "1",
    "I.C.10.b": "3",
    "I.C.10.d": "2",
    "I.C.12": "b",
    "I.C.12.a": "7",
    "I.C.12.b": "3",
    "I.C.13": "e",
    "I.C.13.a": "2",
    "I.C.13.d": "2",
    "I.C.14": "a",
    "I.C.14.a": "3",
    "I.C.15": "s",
    "I.C.15.a": "7",
    "I.C.15.b": "5",
    "I.C.15.e": "2",
    "I.C.15.l": "3",
    "I.C.15.n": "3",
    "I.C.15.o": "5",
    "I.C.15.p": "3",
    "I.C.15.q": "4",
    "I.C.16": "h",
    "I.C.16.a": "6",
    "I.C.16.b": "3",
    "I.C.16.c": "2",
    "I.C.18": "i",
    "I.C.18.e": "1",
    "I.C.19": "g",
    "I.C.19.b": "3",
    "I.C.19.c": "3",
    "I.C.19.d": "9",
    "I.C.19.e": "5",
    "I.C.19.g": "5",
    "I.C.20": "k",
    "I.C.20.a": "8",
    "I.C.20.h": "1",
    "I.C.20.i": "3",
    "I.C.20.j": "3",
    "I.C.21": "c",
    "I.C.21.c": "17",
    "II": "K",
    "II.I": "2",
    "III": "C",
    "IV": "Q",
    "IV.A": "2",
    "IV.F": "3",
}
_WHOLE = ("I", "II", "III", "IV", "Appendix I")
_POINT = re.compile(r"(I\.C\.\d+\.[a-z]\.\d+)\.[a-z](\.[ivx]+)?")


def is_section(text: str) -> bool:
    """Whether the guidelines have this section, written as coders do: I.C.9.a.2, IV.H, Appendix I."""
    if point := _POINT.fullmatch(text):
        text = point[1]
    parent, _, child = text.rpartition(".")
    return text in _WHOLE or (parent in _LAST and _is_up_to(child, _LAST[parent]))


def _is_up_to(child: str, last: str) -> bool:
    if last.isdigit():
        return child.isdigit() and 1 <= int(child) <= int(last)
    return len(child) == 1 and child.isupper() == last.isupper() and child.isalpha() and child <= last
