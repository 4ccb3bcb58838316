"""The words of one release: which it knows, which begin so, which are one slip of the finger away. Pure."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from math import log

from codesets.search.words import LIGHT

COMPLETIONS = 30  # terms that an unfinished word may become
SPELLINGS = 3  # words that a misspelled one may be
SHORTEST_SLIP = 4  # letters of a word that is read as another
SHORTEST_PART = 3  # letters of each of two words written as one
FIRST_LETTER = 5  # times as likely is a slip after the first letter
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Lexicon:
    """`counts`: in how many texts of `total` a term stands. `terms`: the term of each word of the books.

    Made of rows: a term, its count, its words with spaces between them.
    """

    def __init__(self, total: int, rows: Iterable[tuple[str, int, str]]) -> None:
        self.total = total
        self.counts: dict[str, int] = {}
        self.terms: dict[str, str] = {}
        for term, count, words in rows:
            self.counts[term] = count
            for word in words.split(" "):
                self.terms[word] = term
        self.words = sorted(self.terms)
        self.rarities = {term: rarity(term, count, total) for term, count in self.counts.items()}
        self.rarest = rarity("", 0, total)

    def count(self, word: str) -> int:
        term = self.terms.get(word)
        return self.counts[term] if term else 0

    def beginning(self, start: str) -> Iterator[str]:
        """Words that begin so."""
        for at in range(bisect_left(self.words, start), len(self.words)):
            if not self.words[at].startswith(start):
                return
            yield self.words[at]


def rarity(term: str, count: int, total: int) -> float:
    """Inverse document frequency as BM25 has it, less for terms that say little."""
    return log(1 + (total - count + 0.5) / (count + 0.5)) * LIGHT.get(term, 1.0)


def completions(lexicons: Iterable[Lexicon], start: str) -> list[str]:
    """Words that an unfinished one may become, the commonest first, one of each term."""
    found: dict[str, tuple[int, str]] = {}
    for lexicon in lexicons:
        for word in lexicon.beginning(start):
            term = lexicon.terms[word]
            found[term] = max(found.get(term, (0, "")), (lexicon.counts[term], word))
    return [word for _, word in sorted(found.values(), reverse=True)[:COMPLETIONS]]


def spellings(lexicons: Sequence[Lexicon], word: str) -> list[str]:
    """Words of the books that one slip makes of `word`, the likeliest first."""
    if len(word) < SHORTEST_SLIP or not word.isalpha():
        return []
    found = {slip: _commonness(lexicons, slip) for slip in _slips(word)}

    def likely(slip: str) -> int:
        return found[slip] * (FIRST_LETTER if slip[:1] == word[0] else 1)

    return sorted((slip for slip in found if found[slip]), key=likely, reverse=True)[:SPELLINGS]


def parted(lexicons: Sequence[Lexicon], word: str) -> tuple[str, str] | None:
    """The two words of the books that were written as one: "heartattack"."""
    ways = [(word[:at], word[at:]) for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)]
    known = {way: min(_commonness(lexicons, part) for part in way) for way in ways}
    best = max(ways, key=known.__getitem__, default=None)
    return best if best and known[best] else None


def _commonness(lexicons: Iterable[Lexicon], word: str) -> int:
    return max((lexicon.count(word) for lexicon in lexicons), default=0)


def _slips(word: str) -> Iterator[str]:
    """What a word is without one slip: two letters turned round, one too many, one missing, a wrong one."""
    parts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    yield from (left + right[1] + right[0] + right[2:] for left, right in parts if len(right) > 1)
    yield from (left + right[1:] for left, right in parts if right)
    yield from (left + letter + right for left, right in parts for letter in _LETTERS)
    yield from (left + letter + right[1:] for left, right in parts if right for letter in _LETTERS)
