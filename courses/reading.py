"""How long and how hard to read a lesson is. Pure.

Running text is paragraphs and lists, boxes included, without tables, headings and the words that stand for a
drawing. The grade is Flesch and Kincaid's (1975): 0.39 words a sentence + 11.8 syllables a word - 15.59. It
is measured outside of boxes, whose words are of charts or books, and reads every code as the word "code".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token

FEWEST_WORDS, MOST_WORDS = 600, 1_200
LOWEST_GRADE, HIGHEST_GRADE = 9.0, 13.0

_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
# Their dot ends no sentence. "No." is a number's, before a figure alone.
_ABBREVIATION = re.compile(r"\b([Ee]\.g|[Ii]\.e|Dr|Mrs?|Ms|vs|[Nn]o(?=\.\s\d))\.")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”')*]*\s+")
_VOWELS = re.compile(r"[aeiouy]+")
_MUTE = re.compile(r"([^l]e|[^tdi]ed|[^cszxghi]es)$")


@dataclass(frozen=True)
class Reading:
    """words: of all running text; grade: a school year of the United States."""

    words: int
    grade: float

    def problems(self) -> list[str]:
        found = []
        if not FEWEST_WORDS <= self.words <= MOST_WORDS:
            found.append(f"it has {self.words} words, not {FEWEST_WORDS} to {MOST_WORDS:,}")
        if not LOWEST_GRADE <= round(self.grade, 1) <= HIGHEST_GRADE:
            found.append(f"it reads at grade {self.grade:.1f}, not {LOWEST_GRADE:.0f} to {HIGHEST_GRADE:.0f}")
        return found


def measure(tokens: Sequence[Token]) -> Reading:
    """Of the tokens that courses.markdown parses a lesson into."""
    words, spoken, sentences, syllables = 0, 0, 0, 0
    tables = headings = boxes = 0
    for token in tokens:
        tables += token.nesting * token.type.startswith("table_")
        headings += token.nesting * token.type.startswith("heading_")
        boxes += token.nesting * token.type.startswith("container_")
        if token.type != "inline" or tables or headings:
            continue
        text = _text(token)
        found = _WORD.findall(text)
        words += len(found)
        if not boxes:
            spoken += len(found)
            sentences += _sentences(text)
            syllables += sum(map(_syllables, found))
    if not spoken:
        return Reading(words, 0.0)
    return Reading(words, 0.39 * spoken / sentences + 11.8 * syllables / spoken - 15.59)


def _text(token: Token) -> str:
    parts = {"code_ref": "code", "softbreak": " ", "hardbreak": " ", "image": ""}
    return "".join(parts.get(child.type, child.content) for child in token.children or [])


def _sentences(text: str) -> int:
    parts = _SENTENCE_END.split(_ABBREVIATION.sub(r"\1", text))
    return sum(bool(_WORD.search(part)) for part in parts)


def _syllables(word: str) -> int:
    """Groups of vowels, without an ending that is not spoken."""
    word = word.lower()
    return max(1, len(_VOWELS.findall(word)) - bool(_MUTE.search(word)))
