"""How texts of the books and what is typed become terms: one normaliser for both. Pure.

A word is a run of letters and digits in lower case without accents. A term is its stem, which American and
British spellings, singular and plural, Arabic and Roman numerals have in common.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from codesets.vocabulary import joined

STOP = frozenset(["and", "as", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to"])
_WORD = re.compile(r"[a-z0-9]+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
# What the books say where nothing is known: "unspecified part of neck of left femur".
_DEFAULT = re.compile(
    r"(?<=\bunspecified )"
    r"(?:cause|course|degree|extent|organism|part|severity|side|site|stage|trimester|type)s?\b"
)
# What holds unless something else is said, as the guidelines and the tabular list have it.
_ASSUMED = re.compile(
    r"\b(?:for closed fracture|with routine healing|accidental|type I or II)\b", re.IGNORECASE
)
# To where the denied thing ends: "without foreign body of left ear", "not elsewhere classified with coma".
_DENIED = re.compile(
    r"\bwithout (?:foreign body|damage to nail)|\bnot elsewhere classified"
    r"|\b(?:without|not|except|excluding|excludes)\b"
    r"(?:(?! with\b| of (?:left|right|unspecified|lower|upper)\b)"
    r"(?:\([^()]*\)|\[[^\[\]]*\]|[^,;()\[\]]))*",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(r"['’´`]s\b")
_APOSTROPHE = re.compile(r"(?<=n)['’´`](?=t\b)")  # can't
_SAME = {
    **dict(zip(["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"], "123456789", strict=True)),
    "xi": "11",
    "xii": "12",
    "iiia": "3a",
    "iiib": "3b",
    "iiic": "3c",
    "1st": "first",
    "2nd": "second",
    "3rd": "third",
    "4th": "fourth",
    "nos": "unspecif",
}
_SHORTEST = 4  # letters that a stem keeps
_ENDINGS = ("ing", "ed", "is", "ic", "ia", "y", "e")
_HISSED = re.compile(r"(?<=[sxz])es$|(?<=[cs]h)es$")
_BRITISH = (
    (re.compile(r"[ao]e(?!$|s$|d$|ing$)"), "e"),  # canoes are no canes
    (re.compile(r"our(?=$|s$|ed$|ing$|al$|able$)"), "or"),
    (re.compile(r"(?<=[iy])s(?=e$|ed$|es$|ing$|ation)"), "z"),
    (re.compile(r"tre(?=s?$)"), "ter"),
    (re.compile(r"ll(?=ed$|ing$)"), "l"),
)


def split(text: str) -> list[str]:
    """The words of a text: "Crohn's disease, e.g. of colon" gives crohn, disease, e, g, of, colon."""
    text = text.lower()
    if not text.isascii():
        parted = unicodedata.normalize("NFKD", text)
        text = "".join(each for each in parted if not unicodedata.combining(each))
    if "'" in text or "’" in text:
        text = _APOSTROPHE.sub("", _POSSESSIVE.sub("", text))
    return _WORD.findall(joined(text))


def bare(text: str) -> str:
    """A text without what may be there or not: what stands in brackets, the part that is unspecified."""
    if "(" in text or "[" in text:
        text = _BRACKETS.sub(" ", text)
    return _DEFAULT.sub(" ", text) if "specified " in text else text


def stem(word: str) -> str:
    """The term of a word: "fractures" and "fractured" give "fractur", "anaemia" and "anemic" give "anem"."""
    if word in _SAME:
        return _SAME[word]
    if len(word) < _SHORTEST or word[0].isdigit():
        return word
    if word.endswith("ae"):  # vertebrae
        word = word[:-1]
    for british, american in _BRITISH:
        word = british.sub(american, word)
    if word.endswith(("ies", "ied")) and len(word) > _SHORTEST + 1:
        return word[:-3]
    if _HISSED.search(word):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word.removesuffix(ending)
    return word


_LIGHT_WORDS = {
    "unspecified": 0.15,
    "nec": 0.15,
    "encounter": 0.2,
    "due": 0.2,
    "with": 0.3,
    "a": 0.3,
    "other": 0.8,
    "specified": 0.4,
}
# Terms that say little where they stand and nothing where they lack: shares of what their rarity would give.
LIGHT = {stem(word): share for word, share in _LIGHT_WORDS.items()}


class Stems(dict[str, str]):
    """Terms of words, each made once; stop words have none, ""."""

    def __missing__(self, word: str) -> str:
        term = self[word] = "" if word in STOP else stem(word)
        return term

    def of(self, text: str) -> set[str]:
        """The terms of a text."""
        terms = set(map(self.__getitem__, split(text)))
        terms.discard("")
        return terms


class Text(NamedTuple):
    """The terms of a text: what it says, what may be there or not, what it denies; and what the code that it
    leads to says, which costs nothing.
    """

    certain: frozenset[str]
    optional: frozenset[str]
    denied: frozenset[str]
    free: frozenset[str] = frozenset()

    def with_more(self, text: "Text") -> "Text":
        return Text(
            self.certain | text.certain, self.optional | text.optional, self.denied | text.denied, self.free
        )


_STEMS = Stems()


@lru_cache(4096)
def read(text: str, named: bool = False) -> Text:
    """With `named`, what stands before a comma is the name of a thing, and the rest tells more of it."""
    affirmed = _DENIED.sub(" ", text)
    denied = _STEMS.of(" ".join(_DENIED.findall(text))) if affirmed != text else set()
    certain = _STEMS.of(_ASSUMED.sub(" ", bare(affirmed.partition(",")[0] if named else affirmed)))
    return Text(frozenset(certain), frozenset(_STEMS.of(affirmed) - certain), frozenset(denied - certain))
