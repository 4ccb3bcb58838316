"""How alike texts are, from 0 to 1: titles by their words, notes by their letters. Pure."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache

AS_HEAVY = 0.95  # of the heaviest word's weight: it says as much
NUMBER_WEIGHT = 0.25  # a dose says less than the drug's name
NEGATIONS = frozenset({"not", "no", "without", "never"})
_WORD = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?")
_UNSAID = re.compile(r"not (?:otherwise|elsewhere) (?:specified|classified)")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^]]*\]")


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """The words of a text without case and punctuation."""
    return " ".join(_WORD.findall(text.lower()))


@lru_cache(maxsize=8192)
def words(title: str) -> frozenset[str]:
    """Its words without case and plural, and without "not otherwise specified"."""
    found = _WORD.findall(_UNSAID.sub("", title.lower()))
    return frozenset(word[:-1] if len(word) > 3 and word[-1] == "s" else word for word in found)


def outside_brackets(title: str) -> frozenset[str]:
    """What a title is of, without what only explains it."""
    return words(_BRACKETS.sub("", title))


def letters(text: str) -> frozenset[str]:
    """Its runs of three letters."""
    padded = f"  {folded(text)} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))


def dice(some: Collection[str], others: frozenset[str]) -> float:
    return 2 * len(others.intersection(some)) / ((len(some) + len(others)) or 1)


class Titles:
    """Titles by what they have in common; a word that few of them have counts for more."""

    def __init__(self, titles: Mapping[str, str], others: Iterable[str] = ()) -> None:
        """`titles` by code; `others` are further titles that show how rare a word is."""
        self.words = {code: words(title) for code, title in titles.items()}
        self.having: dict[str, list[str]] = defaultdict(list)
        for code, its_words in self.words.items():
            for word in its_words:
                self.having[word].append(code)
        known = [*self.words.values(), *map(words, others)]
        self.number = len(known)
        self.counts = Counter(word for its_words in known for word in its_words)
        self.weights: dict[str, float] = {}
        self.totals: dict[str, float] = {}

    def weight(self, word: str) -> float:
        if word not in self.weights:
            rare = math.log(1 + self.number / (self.counts[word] + 0.5))
            self.weights[word] = rare * (NUMBER_WEIGHT if word[0].isdigit() else 1)
        return self.weights[word]

    def total(self, some: Iterable[str]) -> float:
        return sum(map(self.weight, some))

    def alike(self, title: str, other: str) -> float:
        """Dice's measure over the weights of the words."""
        some, others = words(title), words(other)
        return 2 * self.total(some & others) / (self.total(some) + self.total(others))

    def like(self, title: str, wanted: Callable[[str], float | None]) -> list[tuple[float, str]]:
        """Codes with how alike their titles are, the most alike first.

        `wanted` gets a code and gives how alike it must be at least, None for one that will not do. A title
        without the word that says the most of this one is not like it, whatever else it has; nor is one that
        denies what the other affirms.
        """
        own = words(title)
        own_total, denies = self.total(own), bool(own & NEGATIONS)
        found = []
        for code in {code for word in self._core(title) for code in self.having.get(word, ())}:
            others = self.words[code]
            least = None if bool(others & NEGATIONS) != denies else wanted(code)
            if least is None:
                continue
            if code not in self.totals:
                self.totals[code] = self.total(others)
            # Rounded, because the sum of a set depends on its order.
            score = round(2 * self.total(own & others) / (own_total + self.totals[code]), 6)
            if score >= least:
                found.append((score, code))
        return sorted(found, key=lambda pair: (-pair[0], pair[1]))

    def _core(self, title: str) -> list[str]:
        """The heaviest word outside brackets, and those as heavy as that."""
        says = outside_brackets(title) or words(title)
        heaviest = max(map(self.weight, says), default=0)
        return [word for word in says if self.weight(word) >= AS_HEAVY * heaviest]
