"""Ways through an alphabetic index: the path to an entry, and where a see or see also leads. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from codesets.importers.base import IndexRecord

PATH_LIMIT = 200  # characters
# The longest reference of the official files has 14 words, and parentheses stand in others but once.
WORDS_LIMIT = 24
BEGINNING_LIMIT = 6  # words
TEXT_LIMIT = 1_000  # characters
NESTED_LIMIT = 3
SURE_RANKS = 4
SEVERAL = -1  # in place of a position
CONDITION = "condition"  # "see condition" sends the reader to the name of the patient's condition


class Named(Protocol):
    """An IndexRecord, or its row."""

    @property
    def title(self) -> str: ...
    @property
    def see(self) -> str: ...
    @property
    def code(self) -> str: ...


Node = int | str
"""The position of an entry, or for its main terms the name of a part."""

_PARTS = ("disease", "neoplasm", "drug", "external_cause", "pcs")
_NAMED_PARTS = {
    "drug": re.compile(r"table of drugs and \w+(?:$|, *)", re.IGNORECASE),
    "disease": re.compile(r"index to diseases?(?: and injuries)?(?:$|, *)", re.IGNORECASE),
}
# Levels that a reference may leave out: "Exposure, fire, building" leads to "Exposure, fire, in, building".
_CONNECTING = frozenset(
    (
        *("after", "and", "at", "by", "caused", "due", "during", "following", "for", "from", "in", "into"),
        *("involving", "of", "on", "or", "resulting", "to", "with"),
    )
)
_PARTED = re.compile(r", | or | and ")
_MODIFIERS = re.compile(r"\([^()]*\)")
_UNSAID = frozenset(("nec", "nos"))
# What stands for the reader's own case: "Accident, transport, by type of vehicle".
_BY_CASE = re.compile(
    r"(?:^|,? )by (?:specified |specific )?(?:type|site|histology|object)\b[^,]*", re.IGNORECASE
)
# A column of the neoplasm table, from the index to diseases: "Neoplasm, skin, malignant".
_COLUMN = re.compile(
    r", (?:malignant|primary|secondary|benign|in situ|un\w+ behavior)\b(?: site)?(?=,|$)", re.IGNORECASE
)
# How a procedure of ICD-10-PCS is done, not where it stands: "Drainage with qualifier Diagnostic".
_MANNER = re.compile(r" (?:with qualifier|with device|using|of (?!device|substance))", re.IGNORECASE)


def path_of(index: Sequence[IndexRecord], position: int) -> str:
    """Titles from the main term down, as coders write them: "Accident, transport, car occupant".

    `index` holds all records, each at its position.
    """
    titles = []
    above: int | None = position
    while above is not None:
        record = index[above]
        titles.append(name_of(record))
        above = record.parent
    return ", ".join(reversed(titles))[:PATH_LIMIT]


def name_of(record: Named) -> str:
    """Its title; an entry without one (ICD-10-PCS) goes by its reference or code."""
    return record.title or record.see or record.code or "(no title)"


class IndexPaths:
    """The entries of an index by their words, a level read when a reference comes to it.

    `looked` counts how often a name was looked up so far, for who must bound the work.
    """

    def __init__(self, index: Iterable[IndexRecord]) -> None:
        self._below: dict[Node, list[IndexRecord]] = {}
        self._sure: dict[Node, dict[str, int]] = {}
        self._likely: dict[Node, dict[str, int]] = {}
        self.looked = 0
        for record in index:
            above = record.part if record.parent is None else record.parent
            self._below.setdefault(above, []).append(record)

    def sure(self, node: Node) -> dict[str, int]:
        """Entries below a node by their titles: as they stand, without plurals, the first of several."""
        if node not in self._sure:
            names: dict[str, int] = {}
            below = self._below.get(node, [])
            spoken = [tuple(_sure_names(record)) for record in below]
            for rank in range(SURE_RANKS):
                for record, ranks in zip(below, spoken, strict=True):
                    for name in ranks[rank]:
                        names.setdefault(name, record.position)
            self._sure[node] = names
        return self._sure[node]

    def likely(self, node: Node) -> dict[str, int]:
        """The same with what else a reference may call an entry, and with those below a connecting level."""
        if node not in self._likely:
            below = self._below.get(node, [])
            names = dict(self.sure(node))
            for record in below:
                for name in _synonyms(record):
                    names.setdefault(name, record.position)
            titles = {record.position: _words(record.title) for record in below}
            for name, position in _beginnings(titles):
                names.setdefault(name, position)
            for position, words in titles.items():
                if _CONNECTING.issuperset(words):
                    for name, further in self.likely(position).items():
                        names.setdefault(name, further)
            self._likely[node] = names
        return self._likely[node]


def named_part(text: str) -> tuple[str, str]:
    """The part that a reference names, "" for none, and the rest of it, which may be empty.

    "Table of Drugs and Chemicals, lead" gives ("drug", "lead").
    """
    for part, sign in _NAMED_PARTS.items():
        if match := sign.match(text):
            return part, _BY_CASE.sub("", text[match.end() :])
    return "", text


def resolve_see(text: str, paths: IndexPaths, part: str) -> int | None:
    """Position of the entry that a see or see also of an entry in `part` leads to, None if there is none.

    It walks from the main term down, without regard to case, nonessential words and plurals, first in the
    part itself, then in the others. Endings such as "by type of vehicle" lead to the entry before them.
    """
    if text.lower() == CONDITION:
        return None
    named, text = named_part(text.replace(". ", ", "))
    parts = (named,) if named else (part, *(other for other in _PARTS if other != part))
    for reading, cut in _readings(text, part):
        words = _words(reading)
        for names in (paths.sure,) if cut else (paths.sure, paths.likely):
            for each in parts:
                found, looked = _walk(names, each, words)
                paths.looked += looked
                if found is not None:
                    return found
    return None


def _readings(text: str, part: str) -> Iterator[tuple[str, bool]]:
    """The words as they stand; then without what is not meant by the letter; then cut off before it."""
    yield text, False
    if part == "pcs":
        if match := _MANNER.search(text):
            yield text[: match.start()], False
        return
    for pattern in (_BY_CASE, _COLUMN):
        if match := pattern.search(text):
            yield _COLUMN.sub("", pattern.sub("", text)), False
            yield text[: match.start()], True


def _walk(names: Callable[[Node], dict[str, int]], part: str, words: Sequence[str]) -> tuple[int | None, int]:
    """The entry to which all the words lead, several words to a level, or None; and how many names it took.

    Ways that were found closed are not tried again, so that it ends whatever the words are.
    """
    closed: set[tuple[Node, int]] = set()
    looked = 0

    def walk(node: Node, start: int) -> Node | None:
        nonlocal looked
        if start == len(words):
            return node
        if (node, start) not in closed:
            named = names(node)
            for end in range(len(words), start, -1):
                looked += 1
                name = " ".join(words[start:end])
                below = named.get(name, named.get(_without_plurals(name)))
                if below is not None and (found := walk(below, end)) is not None:
                    return found
            closed.add((node, start))
        return None

    found = walk(part, 0) if 0 < len(words) <= WORDS_LIMIT else None
    return (found if isinstance(found, int) else None), looked


def _sure_names(record: IndexRecord) -> Iterator[list[str]]:
    """What a reference surely calls an entry, in SURE_RANKS ranks: the first entry of a rank has the name."""
    whole = " ".join(_words(record.title))
    first = " ".join(_words(record.title.partition(",")[0])) if "," in record.title else whole
    yield [whole]
    yield list(_with_modifiers(record)) if record.nonessential else []
    yield [first]
    yield [_without_plurals(name) for name in dict.fromkeys((whole, first))]


def _with_modifiers(record: IndexRecord) -> Iterator[str]:
    """ "Drowning, due to, accident to" leads to "accident (to)".

    Some words of `nonessential` stand outside of its parentheses, and are part of the title in truth.
    """
    for said in (record.nonessential, *(each[1:-1] for each in _MODIFIERS.findall(record.nonessential))):
        yield " ".join(_words(f"{record.title} {said}"))


def _synonyms(record: IndexRecord) -> Iterator[str]:
    """ "boat, boating" is called boating, "salivary gland or duct" salivary gland, "in building" building.

    Of what a comma parts, only other forms of the first word are names: not those of "Sliver, contact with".
    """
    first, *others = _PARTED.split(record.title)
    for name in (first, *(other for other in others if other[:3].lower() == first[:3].lower())):
        words = _words(name)
        yield " ".join(words)
        while words and words[0] in _CONNECTING:
            del words[0]
        yield _without_plurals(" ".join(words))


def _beginnings(titles: Mapping[int, list[str]]) -> Iterator[tuple[str, int]]:
    """First words that only one entry has: "streetcar" for "streetcar occupant"."""
    owners: dict[str, int] = {}
    for position, words in titles.items():
        for length in range(1, min(len(words), BEGINNING_LIMIT)):
            name = " ".join(words[:length])
            owners[name] = position if owners.get(name, position) == position else SEVERAL
    return ((name, position) for name, position in owners.items() if position != SEVERAL)


def _words(text: str) -> list[str]:
    """Words in small letters, without nonessential modifiers, commas and "NEC"."""
    text = text[:TEXT_LIMIT].lower()
    for _ in range(NESTED_LIMIT if "(" in text else 0):
        text = _MODIFIERS.sub(" ", text)
    words = (word.strip(",;:.") for word in text.split())
    return [word for word in words if word and word not in _UNSAID]


def _without_plurals(name: str) -> str:
    return " ".join(word[:-1] if len(word) > 3 and word[-1] == "s" else word for word in name.split())
