"""Which side of the body a code names, by the words of its title: the characters differ by category. Pure."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from string import ascii_uppercase, digits
from typing import NamedTuple

from codesets.rules.facts import CATEGORY, CodeFact, OpenBook


class Side(StrEnum):
    RIGHT = "right"
    LEFT = "left"
    BILATERAL = "bilateral"
    UNILATERAL = "unilateral"  # and neither word beside it


# Titles add these where they name one side ("right eye", "right hand") and leave them out at "bilateral".
_FILLERS = frozenset({"of", "the", "and", "side", "eye", "ear", "orbit", "hand", "foot"})
_WORDS = frozenset(Side)
_SIGNS = digits + ascii_uppercase
_SWAPPED = {"right": "left", "left": "right", "Right": "Left", "Left": "Right"}
_SIDE = re.compile(rf"\b(?:{'|'.join(_SWAPPED)})\b")


class Sided(NamedTuple):
    """A side and what the title says beside it, which is the same for each side of one condition."""

    side: Side
    rest: tuple[str, ...]


@lru_cache(maxsize=4096)
def sided(title: str) -> Sided | None:
    """None where a title names no side, or both "right" and "left", each with something of its own."""
    words = re.findall(r"[a-z0-9]+", title.lower())
    named = _WORDS.intersection(words)
    sides = named - {Side.UNILATERAL} or named
    if len(sides) != 1:
        return None
    rest = (_singular(word) for word in words if word not in _WORDS)
    return Sided(Side(*sides), tuple(dict.fromkeys(word for word in rest if word not in _FILLERS)))


def opposite(fact: CodeFact, codes: Mapping[str, CodeFact]) -> CodeFact | None:
    """The code whose title says left where this one says right, or the other way round: one sign differs.

    A left ventricle has none, nor has a right bundle branch: their words name no side of the body.
    """
    swapped = _SIDE.sub(lambda match: _SWAPPED[match[0]], fact.title)
    if swapped == fact.title:
        return None
    code = fact.code
    near = (f"{code[:at]}{sign}{code[at + 1 :]}" for at in range(CATEGORY, len(code)) for sign in _SIGNS)
    return next((codes[each] for each in near if each in codes and codes[each].title == swapped), None)


def bilateral(fact: CodeFact, book: OpenBook) -> CodeFact | None:
    """The code of the same category that says "bilateral" of what this one says of a side."""
    own = sided(fact.title)
    both = (each for each in book.below(fact.code[:CATEGORY]) if "ilateral" in each.title)
    return next((each for each in both if own and sided(each.title) == (Side.BILATERAL, own.rest)), None)


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") else word
