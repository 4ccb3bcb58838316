"""What a process keeps of the search index, bounded: what a release has there never changes."""

from array import array
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from django.db import connection

from codesets.search.lexicon import Lexicon

MOST_BOOKS = 12
MOST_BYTES = 8 * 2**20  # of the units of terms
OVERHEAD = 200  # bytes of an array and its key

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class SearchBook:
    """A release as search needs it whole; the units of its terms are read as they are asked for."""

    release_id: int
    system: str
    first: int
    sources: "array[int]"
    weights: "array[int]"
    lexicon: Lexicon
    seventh: frozenset[str]  # terms of the meanings of seventh characters


class Recent(Generic[Key, Value]):
    """The values that were used last, which together cost at most `most`."""

    def __init__(self, most: int, cost: Callable[[Value], int]) -> None:
        self.most = most
        self.cost = cost
        self.total = 0
        self.values: OrderedDict[Key, Value] = OrderedDict()
        self.lock = Lock()

    def get(self, key: Key) -> Value | None:
        with self.lock:
            if key in self.values:
                self.values.move_to_end(key)
            return self.values.get(key)

    def keep(self, key: Key, value: Value) -> None:
        with self.lock:
            if key not in self.values:
                self.values[key] = value
                self.total += self.cost(value)
            while self.total > self.most:
                self.total -= self.cost(self.values.popitem(last=False)[1])


_books: Recent[int, SearchBook] = Recent(MOST_BOOKS, lambda book: 1)
_units: "Recent[tuple[int, str], array[int]]" = Recent(MOST_BYTES, lambda units: 4 * len(units) + OVERHEAD)


def read_books(systems: Mapping[int, str]) -> list[SearchBook]:
    """Those of the releases that can be searched, in their order. `systems` gives the system of each."""
    found = []
    for release_id, system in systems.items():
        book = _books.get(release_id) or _read_book(release_id, system)
        if book:
            _books.keep(release_id, book)
            found.append(book)
    return found


def postings(wanted: Mapping[int, set[str]]) -> "dict[int, dict[str, array[int]]]":
    """By release, the units of the terms that it has, ascending."""
    found: dict[int, dict[str, array[int]]] = {release_id: {} for release_id in wanted}
    missing = []
    for release_id, terms in wanted.items():
        for term in terms:
            units = _units.get((release_id, term))
            if units is None:
                missing.append((release_id, term))
            else:
                found[release_id][term] = units
    for release_id, term, units in _read_units(missing) if missing else ():
        found[release_id][term] = units
        _units.keep((release_id, term), units)
    return found


def _read_book(release_id: int, system: str) -> SearchBook | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT total, first, sources, weights FROM codesets_searchbook WHERE release_id = %s",
            [release_id],
        )
        row = cursor.fetchone()
        if row is None:
            return None
        total, first, sources, weights = row
        cursor.execute(
            "SELECT term, count, words, count > length(units) / 4 "
            "FROM codesets_searchterm WHERE release_id = %s",
            [release_id],
        )
        rows = cursor.fetchall()
    lexicon = Lexicon(total, ((term, count, words) for term, count, words, _ in rows))
    seventh = frozenset(term for term, _, _, in_meaning in rows if in_meaning)
    return SearchBook(
        release_id, system, first, array("I", bytes(sources)), array("H", bytes(weights)), lexicon, seventh
    )


def _read_units(missing: list[tuple[int, str]]) -> "list[tuple[int, str, array[int]]]":
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT release_id, term, units FROM codesets_searchterm "
            "WHERE (release_id, term) IN (SELECT * FROM unnest(%s::bigint[], %s::text[]))",
            [[release_id for release_id, _ in missing], [term for _, term in missing]],
        )
        return [(release_id, term, array("I", bytes(units))) for release_id, term, units in cursor.fetchall()]
