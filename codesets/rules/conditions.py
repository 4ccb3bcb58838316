"""The conditions that a note puts on the codes it names: "T36-T65 with fifth or sixth character 1-4". Pure.

A condition is read into a pattern that a stored code has to match.
"""

import re
from functools import lru_cache

ALWAYS = re.compile("")
NEVER = re.compile("(?!)")

_CATEGORY = ".{3}"
_PLACES = {"fifth": 4, "5th": 4, "sixth": 5, "7th": 6, "seventh": 6}
# Conditions in words alone, by what must be in the text.
_WORDS = {
    # Initial encounter B and C, later ones by how the fracture heals.
    "open fracture 7th character": re.compile(".{6}[BCEFHJMNQR]"),
    r"^open fracture of [a-z ]+\(S\d2\.-\)$": re.compile(".{6}[BCEFHJMNQR]"),
    "^sequelae of traumatic": re.compile(".{6}S"),
    "with ketoacidosis": re.compile(_CATEGORY + "1"),
    " unless ": NEVER,  # what the record says, no code
    "^specified adverse effects": NEVER,  # T88.7 against all that has a name: A00-R94
}
_VALUES = r"(?P<values>[-.]?[A-Z0-9]\b.*)"
_INTENT = re.compile(rf"\bfifth or six(?:th)? character (?:to indicate intent|{_VALUES})")
_TWO_PLACES = re.compile(r"\bfifth to sixth characters (?P<values>\d\d)\b")
_ONE_PLACE = re.compile(rf"\b(?P<place>fifth|5th|sixth|7th|seventh)[ -]character {_VALUES}")
_FINAL = re.compile(r"\bwith final characters? (?P<values>[-.\d].*)")
_SUBCLASS = re.compile(r"\bwith (?P<values>\.\d.*)")
_CHARACTERS = re.compile(r"\bcharacters?\b|\bwith \.\d")
_VALUE = re.compile(r"(?<!\w)([A-Z]|\d+)(?:-\.?(\d+))?(?!\w)")


def says(text: str) -> bool:
    """Whether a note's text puts a condition on the codes it names."""
    return _CHARACTERS.search(text) is not None or any(re.search(words, text) for words in _WORDS)


@lru_cache(maxsize=4096)
def condition(text: str) -> re.Pattern[str]:
    """What a stored code must match to be meant: ALWAYS without a condition, NEVER for one not understood.

    Forms of the tabular list of 2026: the characters of the code below its category (".610", ".14, .24"),
    one character by its place, final characters, and "fifth or sixth character", which in T36-T65 is the
    intent: the sixth, or the fifth where X fills the sixth.
    """
    for words, pattern in _WORDS.items():
        if re.search(words, text):
            return pattern
    if found := _INTENT.search(text):
        return _intent(found["values"] or "1-4")
    if found := _TWO_PLACES.search(text):
        return re.compile(".{4}" + found["values"])
    if found := _ONE_PLACE.search(text):
        return re.compile(f".{{{_PLACES[found['place']]}}}{_any(found['values'])}")
    if found := _FINAL.search(text):
        return _final(found["values"])
    if found := _SUBCLASS.search(text):
        return re.compile(_CATEGORY + _any(found["values"]))
    return NEVER if _CHARACTERS.search(text) else ALWAYS


def on_owner(heading: str) -> re.Pattern[str]:
    """What the code that carries a note must match for it to hold: T36-T50 "for adverse effects"."""
    return condition("fifth or sixth character 5") if "for adverse effects" in heading else ALWAYS


def _intent(values: str) -> re.Pattern[str]:
    meant = _any(values)
    return re.compile(f".{{4}}(?:.{meant}|{meant}(?:X|$))")


def _final(values: str) -> re.Pattern[str]:
    """ "-91" ends a code of six characters or more; ".00 or .01" follows the category; "6" is an intent."""
    if values.startswith("-"):
        return re.compile(f".{{4,}}{_any(values)}$")
    return re.compile(_CATEGORY + _any(values)) if values.startswith(".") else _intent(values)


def _any(values: str) -> str:
    """ "1-4 or 6" and ".51-.52" as alternatives of a pattern."""
    alternatives: list[str] = []
    for first, last in _VALUE.findall(values):
        several = range(int(first), int(last) + 1) if last else ()
        alternatives += [str(each) for each in several] or [first]
    return f"(?:{'|'.join(alternatives)})"
