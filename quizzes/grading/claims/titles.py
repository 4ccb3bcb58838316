"""What the titles of two codes of one category prove: another side, or a detail left unspecified. Pure.

Titles that differ in anything else prove neither, and nothing is guessed.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from codesets.rules.sides import Side
from quizzes.grading.values import Verdict

_WORD = re.compile(r"[a-z0-9]+")
_SIDES = frozenset(Side)
# Titles add these where they name one side ("right eye", "right hand") and leave them out at "bilateral".
_SIDED_PARTS = frozenset({"side", "eye", "ear", "orbit", "hand", "foot"})
_JOINING = frozenset({"of", "the", "and", "or", "in", "to", "due", "with", "a", "an", "by", "on", "for"})
_UNSAID = "unspecified"
_NOT_SPECIFIED = re.compile(r"\bnot specified\b(?! as)|\bnos\b")  # "not specified as acute" is a finding
_GAP = re.compile(rf"(?<!\bor ){_UNSAID}\b")  # "stage 1 through 4, or unspecified" leaves nothing open
_OF_WHAT = re.compile(rf"\b{_UNSAID} \w+ of\b")  # "unspecified part of neck", "unspecified site of breast"
_LINKS = "of|with|without|to|in|by|from|at|on|due|affecting"
# What the word governs after a preposition: "with unspecified severity", "of unspecified heel and midfoot".
_GOVERNED = re.compile(rf"\b(?:{_LINKS}) {_UNSAID} [^,]*?(?=,|$| (?:{_LINKS})\b)")
_DENIALS = frozenset({"without", "not", "no"})


class Reading(NamedTuple):
    """gaps: how many details the title calls unspecified; words: the rest in its order, without sides."""

    side: Side | None
    gaps: int
    words: tuple[str, ...]


class Placed(NamedTuple):
    """A title and what stands above it: (code, title), the nearest first."""

    title: str
    above: tuple[tuple[str, str], ...] = ()


def verdicts_of(key: Placed, answer: Placed) -> tuple[Verdict, ...]:
    wanted, known = read(key.title), read(answer.title)
    if wanted.words == known.words:
        found = _by_side(wanted, known)
    else:
        is_about_detail = _leaves_open(answer, key) or _says_no_more(key, answer)
        found = (Verdict.SPECIFICITY,) if is_about_detail else ()
        if found and wanted.side and known.side and wanted.side != known.side:
            found = (Verdict.LATERALITY, *found)
    return found or (Verdict.SAME_CATEGORY,)


def less_said(key: Placed, answer: Placed) -> bool:
    """Whether the answered title leaves more unspecified than the key's."""
    return read(answer.title).gaps > read(key.title).gaps or _leaves_open(answer, key)


def _leaves_open(answer: Placed, key: Placed) -> bool:
    """Whether the answer leaves unspecified what the key says, and is no other thing: it denies nothing that
    the key does not, and stands beside it or above it in the book, or says no more than it.
    """
    known = read(answer.title)
    if not known.gaps or not _said(key).issuperset(_DENIALS.intersection(known.words)):
        return False
    if answer.above and answer.above[0] in key.above:
        # Of two with as much left open, the one that leaves open all that its heading names.
        heading = read(answer.above[0][1]).words
        return known.gaps > read(key.title).gaps or set(heading).issuperset(known.words)
    return _says_no_more(answer, key)


def _says_no_more(vague: Placed, exact: Placed) -> bool:
    """Whether the one with more left unspecified says nothing that the other, or a heading above that, does
    not say.
    """
    one = read(vague.title)
    if one.gaps <= read(exact.title).gaps:
        return False
    said = _said(exact)
    return said.issuperset(one.words) or said.issuperset(_ungoverned(vague.title).words)


def _said(placed: Placed) -> set[str]:
    return set(read(placed.title).words).union(*(read(title).words for _, title in placed.above))


@lru_cache(maxsize=4096)
def read(title: str) -> Reading:
    text = _NOT_SPECIFIED.sub(_UNSAID, title.lower())
    segments = text.split(", ")
    kept = segments[:1] + [one for one in segments[1:] if not _is_left_open(one)]
    said = _OF_WHAT.sub(_UNSAID, ", ".join(kept))
    words = [word for word in _WORD.findall(said) if word != _UNSAID]
    named = _SIDES.intersection(words)
    sides = named - {Side.UNILATERAL}
    side = Side(*sides) if len(sides) == 1 else None
    # A title that names both sides says something of its own of each.
    dropped = _JOINING | (_SIDES | _SIDED_PARTS if len(sides) < 2 else frozenset())
    return Reading(
        side, len(_GAP.findall(text)), tuple(_singular(word) for word in words if word not in dropped)
    )


def _ungoverned(title: str) -> Reading:
    return read(_GOVERNED.sub("", title.lower()))


def _is_left_open(segment: str) -> bool:
    """ "unspecified organism", "stage unspecified"; not "unspecified affecting left dominant side"."""
    if segment.startswith(_UNSAID):
        return _SIDES.isdisjoint(segment.split())
    return segment.endswith(_UNSAID)


def _by_side(key: Reading, answer: Reading) -> tuple[Verdict, ...]:
    if key.side and answer.side and key.side != answer.side:
        return (Verdict.LATERALITY,)
    return (Verdict.SPECIFICITY,) if key.gaps != answer.gaps else ()


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
