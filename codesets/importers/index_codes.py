"""How the indexes write codes: with a dash for "more characters", as a range, in a list, or none. Pure."""

import re
from typing import NamedTuple

_CM_CODE = r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?"
# A code, perhaps incomplete, or a range. The dash is a hyphen, in some years a longer one.
_CM = re.compile(rf"({_CM_CODE})(?:\.?[-\u2013]+|\s*[-\u2013]\s*({_CM_CODE}))?")
_PCS_VALUE = "[0-9A-HJ-NP-Z]"  # neither I nor O
# By element: how its codes are written.
CM_CODES = dict.fromkeys(("code", "manif", "seecat", "subcat", "cell"), _CM)
PCS_CODES = {
    "code": re.compile(f"({_PCS_VALUE}{{7}})"),
    "codes": re.compile(f"({_PCS_VALUE}{{3,7}})"),
    "tab": re.compile(f"({_PCS_VALUE}{{3}})"),
}
_BETWEEN = re.compile(r"\s*[,;]\s*|\s+(?:and|or)\s+", re.IGNORECASE)
_NONE = re.compile(r"[-\u2013\u2014]*")
# References that name codes begin so: "category Y35", "X71-X83 with 7th character S". Others do not name any:
# "Deficiency, vitamin B12".
_NAMES_CODES = re.compile(r"(?:sub)?categor(?:y|ies)\b|codes?\b|[A-Z][0-9][0-9A-Z]\b", re.IGNORECASE)
_IN_WORDS = re.compile(rf"\b{_CM_CODE}(?![0-9A-Za-z])")


def read_codes(text: str, written: re.Pattern[str]) -> list[str] | None:
    """Stored codes that a printed text names, of a range both ends, of a dash none; None for other words."""
    bare = text.strip("[] ")  # a manifestation stands in brackets
    if _NONE.fullmatch(bare):
        return []
    codes: list[str] = []
    for piece in _BETWEEN.split(bare.upper()):
        match = written.fullmatch(piece)
        if match is None:
            return None
        codes += [code.replace(".", "") for code in match.groups() if code]
    return codes


def names_codes(text: str) -> bool:
    """Whether a see or see also of ICD-10-CM names codes instead of an entry."""
    return _NAMES_CODES.match(text) is not None


def codes_in_reference(text: str) -> list[str]:
    """Stored codes that a see or see also of ICD-10-CM names instead of an entry, of a range both ends."""
    return [code.replace(".", "") for code in _IN_WORDS.findall(text)] if names_codes(text) else []


class Column(NamedTuple):
    """A column of a table: a word of its heading, and the codes that can stand in it."""

    heading: str
    codes: re.Pattern[str]


# Volume by volume the same: morphology columns by block, and the intent as the last character of the code.
COLUMNS = {
    "neoplasm": {
        "2": Column("primary", re.compile("C.*")),
        "3": Column("secondary", re.compile("C7.*")),
        "4": Column("situ", re.compile("D0.*")),
        "5": Column("benign", re.compile("D[123].*")),
        "6": Column("uncertain", re.compile("D(3[7-9]|4[0-8]).*")),
        "7": Column("unspecified", re.compile("D49.*")),
    },
    "drug": {
        str(column): Column(heading, re.compile(f"T.*{column - 1}"))
        for column, heading in enumerate(
            ("accidental", "self-harm", "assault", "undetermined", "adverse", "underdosing"), start=2
        )
    },
}
