"""From what is typed to what is sought: abbreviations, lay words, slips and unfinished words. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from codesets import vocabulary
from codesets.search.lexicon import Lexicon, completions, parted, spellings
from codesets.search.words import LIGHT, STOP, Stems, split, stem

MOST_WORDS = 16
MOST_CONDITIONS = 3
MOST_READINGS = 6  # besides the query as it stands
SHORTEST_BEGINNING = 3  # letters of an unfinished word that is not the only one
# Shares of the credit that a word has as it stands.
UNFINISHED = 0.9  # for what an unfinished word may become
AS_GOOD = 0.95  # for the word of the books for another
GOES_ON = 0.4  # the same, where it is a word already
SLIPS = (1.0, 0.85, 0.75)  # for what a misspelled word may be, the likeliest first
PHRASES = (0.98, 0.955, 0.94, 0.925)  # for what an abbreviation or a lay word may stand for
# Parts of the weight of a word that a text loses which lacks it.
TYPED = 0.4
OF_PHRASE = 0.25  # of an abbreviation or a lay word
A_SIDE = 1.0
HARDLY = 0.15  # of how a disease is inherited, and of the number of its kind
COUNTED = frozenset({"class", "degree", "grade", "level", "stage", "type"})
DENIALS = frozenset({"no", "without"})
DENIED = 2  # words after such a one, which it is about
INHERITED = frozenset(
    {"autosomal", "dominant", "familial", "inherited", "linked", "recessive", "susceptibility", "x"}
)
# What else a word may be.
ALSO: dict[str, dict[str, float]] = {
    "left": {stem("unilateral"): 0.5},
    "right": {stem("unilateral"): 0.5},
    "both": {stem("bilateral"): 1.0},
    "no": {stem("without"): 1.0},
}

SIDED = frozenset({"left", "right", "both", "bilateral", "unilateral"})
SIDE_TERMS = frozenset(map(stem, SIDED))
_STEMS = Stems()  # of the words of the vocabulary

Shares = dict[str, float]
"""The terms that a word may be, each with its share of the credit."""

Way = tuple[tuple[vocabulary.Reading, int], ...]
"""Rows of the vocabulary, and which of its phrases each stands for."""


class Word(NamedTuple):
    """What a word may be, and the part of its weight that a text loses which lacks it.

    What is `denied` lacks where a text says it, and is there where the text denies it too.
    """

    shares: Shares
    lacking: float = TYPED
    denied: bool = False


@dataclass(frozen=True)
class Reading:
    """One way to read the query: its words, and what is said of how they were read ("MI = ...")."""

    words: tuple[Word, ...]
    credit: float = 1.0
    said: tuple[str, ...] = ()

    @property
    def terms(self) -> set[str]:
        return {term for word in self.words for term in word.shares}


@dataclass(frozen=True)
class _Typed:
    """A word as the vocabulary shall read it, and as it is sought."""

    word: str
    shares: Shares
    said: str = ""


def is_read_whole(q: str) -> bool:
    """Whether all of it is one entry of the vocabulary."""
    words = split(q)
    return any((one.start, one.end) == (0, len(words)) for one in vocabulary.readings(words))


def conditions(q: str) -> list[str]:
    """The parts of a query of several abbreviations, each with what follows it: "AKI", "on CKD 4"."""
    words = split(q)[:MOST_WORDS]
    rows = [
        one
        for one in vocabulary.readings(words)
        if one.kind == "abbreviation" and _STEMS.of(one.phrases[0]) - LIGHT.keys()
    ]
    cuts = sorted(start for start, _ in _longest(rows))[1:MOST_CONDITIONS]
    bounds = [0, *cuts, len(words)]
    return [" ".join(words[start:end]) for start, end in pairwise(bounds)] if cuts else []


def plan(q: str, lexicons: Sequence[Lexicon]) -> list[Reading]:
    """The ways to read a query, as it stands first; none where it has no word."""
    words = _sides_first(split(q)[:MOST_WORDS])
    if not words:
        return []
    goes_on = not q[-1].isspace() and (len(words) == 1 or len(words[-1]) >= SHORTEST_BEGINNING)
    in_vocabulary = {at for one in vocabulary.readings(words) for at in range(one.start, one.end)}
    read = (
        _Typed(word, {} if word in STOP and len(words) > 1 else {stem(word): 1.0})
        if word in STOP or at in in_vocabulary
        else _read(word, lexicons, goes_on and at == len(words) - 1)
        for at, word in enumerate(words)
    )
    typed = list(_joined(list(read), lexicons))
    rows = []
    for row in vocabulary.readings([each.word for each in typed]):
        if len(typed) > 1 and (alike := _alike(row)):
            one = typed[row.start]
            known = any(stem(one.word) in lexicon.counts for lexicon in lexicons)
            told = "" if known else f"{row.written} = {row.phrases[0]}"
            said = "; ".join(filter(None, (one.said, told)))
            typed[row.start] = replace(one, shares=dict(alike) | one.shares, said=said)
        else:
            rows.append(row)
    return [_reading(typed, way) for way in [(), *_ways(rows)]]


def _sides_first(words: list[str]) -> list[str]:
    """A side that stands between others is put before them, so that they are read together."""
    inner = [at for at in range(1, len(words) - 1) if words[at] in SIDED]
    read = {at for one in vocabulary.readings(words) for at in range(one.start, one.end)} if inner else set()
    moved = [at for at in inner if at not in read]
    return [words[at] for at in moved] + [word for at, word in enumerate(words) if at not in moved]


def _alike(row: vocabulary.Reading) -> dict[str, float]:
    """Terms that are as good as the one word that was typed; none if the row says more."""
    phrases = [_STEMS.of(phrase) for phrase in row.phrases]
    if row.kind == "abbreviation" or row.end - row.start > 1 or any(len(terms) != 1 for terms in phrases):
        return {}
    return {term: AS_GOOD for terms in reversed(phrases) for term in terms}


def _read(word: str, lexicons: Sequence[Lexicon], goes_on: bool) -> _Typed:
    term = stem(word)
    known = word in ALSO or any(word in lexicon.terms for lexicon in lexicons)
    longer = completions(lexicons, word) if goes_on and not word.isdigit() else []
    if known:
        shares = dict.fromkeys(map(stem, longer), GOES_ON) | ALSO.get(word, {})
        return _Typed(word, shares | {term: 1.0})
    if longer:
        return _Typed(longer[0], dict.fromkeys(map(stem, longer), UNFINISHED))
    meant = spellings(lexicons, word)
    shares = {stem(each): share for each, share in reversed(list(zip(meant, SLIPS, strict=False)))}
    if any(term in lexicon.counts for lexicon in lexicons):  # another form of a word of the books
        return _Typed(word, shares | {term: 1.0})
    return _Typed(meant[0], shares, f"{word} read as {meant[0]}") if meant else _Typed(word, {})


def _joined(typed: list[_Typed], lexicons: Sequence[Lexicon]) -> Iterator[_Typed]:
    """Words that nobody knows: as two where a space is missing, with the next where there is one too many."""
    at = 0
    while at < len(typed):
        one = typed[at]
        whole = one.word + typed[at + 1].word if at + 1 < len(typed) else ""
        if one.shares or one.word in STOP:
            yield one
        elif parts := parted(lexicons, one.word):
            said = f"{one.word} read as {' '.join(parts)}"
            yield from (_Typed(part, {stem(part): 1.0}, said) for part in parts)
        elif any(whole in lexicon.terms for lexicon in lexicons):
            yield _Typed(whole, {stem(whole): 1.0}, f"read as {whole}")
            at += 1
        else:
            yield one
        at += 1


def _ways(found: list[vocabulary.Reading]) -> list[Way]:
    """The likeliest combinations of what the longest spans may stand for."""
    options = [
        [(one, number) for one in found if (one.start, one.end) == span for number in range(len(one.phrases))]
        for span in _longest(found)
    ]
    ways: list[tuple[int, Way]] = [(0, ())] if options else []
    for option in options:
        longer = [(cost + one[1], (*way, one)) for cost, way in ways for one in option]
        if len(options) > 1 and option[0][0].kind != "abbreviation":
            longer += [(cost + 1, way) for cost, way in ways]  # as it is typed
        ways = sorted(longer, key=itemgetter(0))[:MOST_READINGS]
    return [way for _, way in ways if way]


def _longest(found: list[vocabulary.Reading]) -> list[tuple[int, int]]:
    """The spans that were read, each word in the longest one only."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted(((one.start, one.end) for one in found), key=lambda span: span[0] - span[1]):
        if all(end <= other[0] or other[1] <= start for other in spans):
            spans.append((start, end))
    return spans


def _reading(typed: list[_Typed], way: Way) -> Reading:
    rows = {row.start: (row, number) for row, number in way}
    words: list[Word] = []
    denied: set[int] = set()
    said = [each.said for each in typed]
    credit, at = 1.0, 0
    while at < len(typed):
        if at not in rows:
            if typed[at].shares or typed[at].word not in STOP:
                words.append(_word(typed, at))
                if typed[at].word in DENIALS:
                    denied.update(range(len(words), len(words) + DENIED))
            at += 1
            continue
        row, number = rows[at]
        phrase = row.phrases[number]
        for term in _STEMS.of(phrase):
            words.append(Word({term: 1.0}, A_SIDE if term in SIDE_TERMS else OF_PHRASE))
        credit *= PHRASES[min(number, len(PHRASES) - 1)]
        if _STEMS.of(phrase) - _STEMS.of(row.written) - LIGHT.keys():
            said.append(f"{row.written} = {phrase}")
        at = row.end
    words = [word._replace(denied=at in denied and word.lacking < A_SIDE) for at, word in enumerate(words)]
    return Reading(_once(words), credit, tuple(dict.fromkeys(filter(None, said))))


def _word(typed: list[_Typed], at: int) -> Word:
    """A word as it was typed: how diseases are inherited, and the number that ends a name, say little."""
    word, shares = typed[at].word, typed[at].shares
    numbered = at == len(typed) - 1 and at > 1 and word[0].isdigit() and typed[at - 1].word not in COUNTED
    if numbered or (word in INHERITED and len(typed) > 1):
        return Word(shares, HARDLY)
    return Word(shares, A_SIDE if word in SIDED else TYPED)


def _once(words: Iterable[Word]) -> tuple[Word, ...]:
    """Each word once; words that nobody knows all stay, to lack in every text."""
    return tuple({frozenset(word.shares) or at: word for at, word in enumerate(words)}.values())
