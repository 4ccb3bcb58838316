"""What coders, patients and older books write, in the words of the code books. Pure.

The rows are in the TSV files beside this module: what is written, the phrases of the books that it may
stand for (separated by "; ", the likeliest first), and where that is from. Four files are about words and
their parts: `alike.tsv` has everyday words that rows take for one ("elevated" for "high"), so that a row is
written once; `spelling.tsv` pieces of British words; `stems.tsv` and `endings.tsv` what "gastr-" and
"-ectomy" mean.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path

# File and kind of its rows.
KINDS = {
    "abbreviations": "abbreviation",
    "lay": "lay",
    "synonyms": "synonym",
    "diseases": "synonym",
    "procedures": "synonym",
    "drugs": "synonym",
}
ADJECTIVES = "noun of the books for an adjective"  # and the other way round
_LONGEST = 8  # words that a row can have, those of no weight not counted
_NO_WEIGHT = frozenset(
    (
        *(
            "a",
            "abnormally",
            "an",
            "at",
            "by",
            "extremely",
            "for",
            "from",
            "her",
            "his",
            "in",
            "is",
            "my",
            "of",
        ),
        *("on", "s", "the", "to", "unusually", "very", "your"),
    )
)
# "elevated blood ammonia level" and "high ammonia" are one.
_MEASURED = frozenset({"high", "low"})
_MEASURES = frozenset(
    {"amount", "blood", "circulating", "concentration", "count", "level", "number", "plasma", "serum"}
)
_SIZES = {"high": "large", "low": "small"}
# English words, which are abbreviations only where nothing else is written.
_ENGLISH = frozenset(
    (
        *(
            "age",
            "aid",
            "all",
            "am",
            "an",
            "as",
            "at",
            "be",
            "bed",
            "crest",
            "gas",
            "had",
            "hit",
            "it",
            "lad",
        ),
        *(
            "lip",
            "men",
            "odd",
            "or",
            "pan",
            "pat",
            "pet",
            "pin",
            "rad",
            "rest",
            "sad",
            "tin",
            "us",
            "was",
            "who",
        ),
    )
)
# "Pre-eclampsia", "gastro-esophageal" and "non displaced" are written as one word too.
_BEGINNING = re.compile(
    r"\b(non(?=[- ])|(?:[a-z]{3,}o|anti|inter|intra|micro|multi|peri|post|pre|semi|sub)(?=-))[- ](?=[a-z])"
)
_NUMBERED = re.compile(r"([a-z]{2,})([0-9]{1,3}[a-z]{0,2})")


@dataclass(frozen=True)
class Reading:
    """words[start:end] may stand for any of `phrases`; `written` is the row that says so, as it is printed.

    kind: "abbreviation", "lay", "synonym" or "spelling".
    """

    start: int
    end: int
    phrases: tuple[str, ...]
    kind: str
    written: str


@dataclass(frozen=True)
class Row:
    """A line of a file; # in `written` is any number of a series that the books do not number."""

    written: str
    phrases: tuple[str, ...]
    kind: str
    source: str


def readings(words: Sequence[str]) -> list[Reading]:
    """All readings of what was typed, given as lower-case words of letters and digits; the longest first.

    Abbreviations stand as they are written; the words of other rows may come in any order and number, with
    words of no weight between them. A reading within a longer one is left out: "heat stroke" is no stroke.
    """
    found = [*_abbreviations(words), *_in_any_order(words), *_operations(words)]
    read = {at for reading in found for at in range(reading.start, reading.end)}
    found += (one for one in _spellings(words) if one.start not in read)
    found.sort(key=lambda reading: (reading.start - reading.end, reading.start))
    return [one for one in found if not any(_within(one, other) for other in found)]


def _within(one: Reading, other: Reading) -> bool:
    return other.start <= one.start and one.end <= other.end and other.end - other.start > one.end - one.start


def _spans(length: int) -> Iterator[tuple[int, int]]:
    for start in range(length):
        for end in range(start + 1, min(start + _LONGEST, length) + 1):
            yield start, end


def _abbreviations(words: Sequence[str]) -> Iterator[Reading]:
    rows = _abbreviation_rows()
    for start, end in _spans(len(words)):
        typed = tuple(words[start:end])
        if len(words) > 1 and len(typed) == 1 and typed[0] in _ENGLISH:
            continue
        one = typed[-1] if typed[-1].endswith("ss") else typed[-1].removesuffix("s")
        for row in rows.get(typed) or rows.get((*typed[:-1], one), []):
            yield Reading(start, end, row.phrases, row.kind, row.written)
        if len(typed) == 1 and typed not in rows and (numbered := _NUMBERED.fullmatch(typed[0])):
            name, number = numbered.groups()
            for row in rows.get((name, "#")) or rows.get((name,), []):
                yield Reading(start, end, row.phrases, row.kind, row.written.replace("#", number))


def _in_any_order(words: Sequence[str]) -> Iterator[Reading]:
    rows = _other_rows()
    places = [at for at, word in enumerate(words) if word not in _NO_WEIGHT]
    read = [_read_as(words[at]) for at in places]
    for first, last in _spans(len(places)):
        for row in rows.get(_key(read[first:last]), ()):
            yield Reading(places[first], places[last - 1] + 1, row.phrases, row.kind, row.written)


def _operations(words: Sequence[str]) -> Iterator[Reading]:
    """Names of operations that no row has: "hepatorrhaphy" is to repair the liver."""
    for at, word in enumerate(words):
        if (phrases := _operation(word)) and _key([_read_as(word)]) not in _other_rows():
            yield Reading(at, at + 1, phrases, "synonym", word)


def _operation(word: str) -> tuple[str, ...]:
    stems = _stems()
    for ending, operations in _endings().items():
        stem = word.removesuffix(ending)
        if stem != word:
            parts = stems.get(stem) or stems.get(stem.removesuffix("o"), [])
            return tuple(operation.replace("*", part) for operation in operations for part in parts)
    return ()


def _spellings(words: Sequence[str]) -> Iterator[Reading]:
    for at, word in enumerate(words):
        if (spelled := _spelled(word)) != word:
            yield Reading(at, at + 1, (spelled,), "spelling", word)


def _spelled(word: str) -> str:
    """A word as American books spell it."""
    pieces, pattern = _spelling()
    return pattern.sub(lambda found: pieces[found.group()], word)


@lru_cache(4096)
def _read_as(word: str) -> str:
    alike, spelled = _alike(), _spelled(word)
    singular = _singular(spelled)
    return alike.get(spelled) or alike.get(singular, singular)


def _singular(word: str) -> str:
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ches", "shes", "xes", "sses")) else word[:-1]


def _key(read: Sequence[str]) -> frozenset[str]:
    words = frozenset(read)
    if not (measured := words & _MEASURED):
        return words
    if "size" in words:
        return words - measured - {"size"} | {_SIZES[one] for one in measured}
    return words - _MEASURES


def joined(text: str) -> str:
    """A text, in lower case, with beginnings and their words as one."""
    return _BEGINNING.sub(r"\1", text) if "-" in text or "non " in text else text


def tokens(text: str) -> list[str]:
    """The words of a row, and # where a number of a series stands."""
    return re.findall(r"[a-z0-9]+|#", text.lower().replace("'s", "").replace("n't", "nt"))


def _written(row: Row) -> Iterator[tuple[str, ...]]:
    """The words of a row, apart and with beginnings as one with their words."""
    apart = tuple(tokens(row.written))
    yield apart
    if (one := tuple(tokens(joined("-".join(apart))))) != apart:
        yield one


def read_lines(name: str) -> list[list[str]]:
    """The lines of a file below its heads; the last column is the source."""
    with (Path(__file__).parent / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]


def read_rows(name: str) -> list[Row]:
    """The rows of one of the files of KINDS."""
    return [
        Row(written, tuple(phrases.split("; ")), KINDS[name], source)
        for written, phrases, source in read_lines(name)
    ]


def _is_idiom(row: Row) -> bool:
    """Whether a row has one word of weight only, beside others: "on oxygen"."""
    words = tokens(row.written)
    return len(words) > 1 and sum(word not in _NO_WEIGHT for word in words) == 1


@cache
def _abbreviation_rows() -> dict[tuple[str, ...], list[Row]]:
    """With rows that mean nothing without the words around the one of weight."""
    rows = defaultdict(list)
    for row in chain.from_iterable(map(read_rows, KINDS)):
        if row.kind == "abbreviation" or _is_idiom(row):
            for words in _written(row):
                rows[words].append(row)
    return dict(rows)


@cache
def _other_rows() -> dict[frozenset[str], list[Row]]:
    rows = defaultdict(list)
    for row in chain.from_iterable(map(read_rows, KINDS)):
        if row.kind == "abbreviation" or _is_idiom(row):
            continue
        for words in _written(row):
            rows[_key([_read_as(word) for word in words if word not in _NO_WEIGHT])].append(row)
        if row.source == ADJECTIVES and " " not in f"{row.written}{row.phrases[0]}":
            rows[_key(row.phrases[:1])].append(Row(row.phrases[0], (row.written,), row.kind, row.source))
    return dict(rows)


@cache
def _alike() -> dict[str, str]:
    return {typed: read_as for typed, read_as, _ in read_lines("alike")}


@cache
def _stems() -> dict[str, list[str]]:
    return {stem: parts.split("; ") for stem, parts, _ in read_lines("stems")}


@cache
def _endings() -> dict[str, list[str]]:
    """The longer ones first: a cholelithotomy is no -otomy."""
    lines = sorted(read_lines("endings"), key=lambda line: -len(line[0]))
    return {ending: operations.split("; ") for ending, operations, _ in lines}


@cache
def _spelling() -> tuple[dict[str, str], re.Pattern[str]]:
    """The pieces and what to look for; ^ stands before a piece that only begins a word."""
    pieces = {british: american for british, american, _ in read_lines("spelling")}
    pattern = re.compile("|".join(sorted(pieces, key=len, reverse=True)))
    return {british.removeprefix("^"): american for british, american in pieces.items()}, pattern
