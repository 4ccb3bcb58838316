"""The search index of a release: made where it is published, erased where it is withdrawn, read by search.

A unit is a text to be found: a title, a line of what a code includes, a path of an index; where some of its
words may be there or not, one unit is with them and one without. Units are numbered as they come. A term's
row has the numbers of the units that hold it, the release's row has of each unit where it stands and what it
weighs: arrays of unsigned integers as this machine writes them, of four and of two bytes.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from codesets.importers.xml import no_collector
from codesets.search.lexicon import rarity
from codesets.search.rank import GRAIN
from codesets.search.words import Stems, bare, split

LINES = 4096  # a unit's source is its place times this and the number of its line or column
HEAVIEST = 2**16 - 1
# Columns of the neoplasm table and of the table of drugs, in the words of the titles of their codes.
COLUMNS = {
    "neoplasm": {
        "2": "malignant (primary)",
        "3": "malignant secondary",
        "4": "carcinoma in situ",
        "5": "benign",
        "6": "uncertain behavior",
        "7": "unspecified behavior",
    },
    "drug": {
        "2": "poisoning accidental (unintentional)",
        "3": "poisoning intentional self harm",
        "4": "poisoning assault",
        "5": "poisoning undetermined",
        "6": "adverse effect",
        "7": "underdosing",
    },
}

# Not in their order here: the database would walk the ids of every release.
_CODES = "SELECT id, title, terms FROM codesets_code WHERE release_id = %s AND printed"
# The seventh characters that each code takes.
_MADE = """
SELECT parent, string_agg(right(code, 1), '') FROM codesets_code
WHERE release_id = %s AND NOT printed GROUP BY parent
"""
_DEFINED = "SELECT code, character, meaning FROM codesets_seventhcharacter WHERE release_id = %s"
_ENTRIES = """
SELECT position, level, part, title, nonessential, targets <> '[]',
    ARRAY(SELECT key FROM jsonb_each_text(cells) WHERE value ~ '[0-9]')
FROM codesets_indexentry WHERE release_id = %s ORDER BY position
"""


class Unit(NamedTuple):
    source: int
    text: str
    optional: str = ""


@no_collector()
def build(release_id: int) -> None:
    """Makes a release searchable. Run it in the transaction that publishes the release."""
    with connection.cursor() as cursor:
        first, units = _units(cursor, release_id)
        writer = _Writer(units, _meanings(cursor, release_id))
        if not writer.sources:  # edit tables have nothing to search
            return
        lines = StringIO("".join(writer.rows(release_id)))
        cursor.cursor.copy_expert(
            "COPY codesets_searchterm (release_id, term, count, words, units) FROM STDIN", lines
        )
        cursor.execute(
            "INSERT INTO codesets_searchbook (release_id, total, first, sources, weights) "
            "VALUES (%s, %s, %s, %s, %s)",
            [release_id, writer.total, first, writer.sources.tobytes(), writer.weights().tobytes()],
        )


def erase(release_id: int) -> None:
    """Leaves nothing of a release in the search index."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM codesets_searchterm WHERE release_id = %s", [release_id])
        cursor.execute("DELETE FROM codesets_searchbook WHERE release_id = %s", [release_id])


def _units(cursor: CursorWrapper, release_id: int) -> tuple[int, Iterable[Unit]]:
    """The id of the first code, from which places are counted, and the units; of an index 0 and its units."""
    cursor.execute(_CODES, [release_id])
    if codes := sorted(cursor.fetchall()):
        return codes[0][0], _units_of_codes(codes)
    cursor.execute(_ENTRIES, [release_id])
    return 0, _units_of_entries(cursor.fetchall())


def _meanings(cursor: CursorWrapper, release_id: int) -> Counter[str]:
    """What seventh characters add to the titles of the codes that they make, and to how many."""
    defined: dict[str, dict[str, str]] = defaultdict(dict)
    cursor.execute(_DEFINED, [release_id])
    for code, character, meaning in cursor.fetchall():
        defined[code][character] = meaning
    cursor.execute(_MADE, [release_id])
    made: Counter[tuple[str, str]] = Counter()
    for base, characters in cursor.fetchall():
        nearest = next((base[:end] for end in range(len(base), 2, -1) if base[:end] in defined), "")
        made[nearest, characters] += 1
    meanings: Counter[str] = Counter()
    for (code, characters), times in made.items():
        for character in defined[code].keys() & set(characters):
            meanings[defined[code][character]] += times
    return meanings


def _units_of_codes(rows: list[tuple[int, str, str]]) -> Iterator[Unit]:
    first = rows[0][0]
    for pk, title, terms in rows:
        source = (pk - first) * LINES
        yield Unit(source, title)
        if terms:
            for line, term in enumerate(terms.split("\n")[: LINES - 1], 1):
                yield Unit(source + line, term)


def _units_of_entries(rows: list[tuple]) -> Iterator[Unit]:
    path: list[str] = []
    for position, level, part, title, nonessential, leads, columns in rows:
        path[level:] = [title]
        if columns:
            for column in columns:
                if words := COLUMNS.get(part, {}).get(column):
                    yield Unit(position * LINES + int(column), f"{' '.join(path)} {words}", nonessential)
        elif leads:
            yield Unit(position * LINES, " ".join(path), nonessential)


class _Writer:
    def __init__(self, units: Iterable[Unit], beside: Counter[str]) -> None:
        """`beside`: texts that are no units of their own, and how many there are of each."""
        self.stems = Stems()
        self.sources = array("I")
        self.postings = self.by_term(self.by_word(units))
        self.made: Counter[str] = Counter()
        for text, times in beside.items():
            self.made.update(dict.fromkeys(self.terms(split(text)), times))
        self.total = len(self.sources) + beside.total()

    def by_word(self, units: Iterable[Unit]) -> dict[str, list[int]]:
        """Numbers the units; of each word those that have it, ascending, one as often as it does."""
        of_words: dict[str, list[int]] = defaultdict(list)
        number = 0
        for source, text, optional in units:
            certain = bare(text)
            readings = [split(certain)]
            if optional or certain is not text:
                whole = split(f"{text} {optional}")
                if self.terms(whole) != self.terms(readings[0]):
                    readings.append(whole)
            for words in readings:
                for word in words:
                    of_words[word].append(number)
                self.sources.append(source)
                number += 1
        return of_words

    def by_term(self, of_words: Mapping[str, list[int]]) -> "dict[str, array[int]]":
        """The units of each term, ascending."""
        lists = defaultdict(list)
        for word, units in of_words.items():
            if term := self.stems[word]:
                lists[term].append(units)
        postings: dict[str, array[int]] = defaultdict(lambda: array("I"))
        for term, several in lists.items():
            postings[term] = array("I", sorted(set().union(*several)))
        return postings

    def terms(self, words: Iterable[str]) -> set[str]:
        return {self.stems[word] for word in words} - {""}

    def rarity(self, term: str) -> float:
        return rarity(term, len(self.postings[term]) + self.made[term], self.total)

    def weights(self) -> "array[int]":
        weights = [0.0] * len(self.sources)
        for term, units in self.postings.items():
            weight = self.rarity(term)
            for unit in units:
                weights[unit] += weight
        return array("H", [min(round(weight * GRAIN), HEAVIEST) for weight in weights])

    def rows(self, release_id: int) -> Iterator[str]:
        words = defaultdict(list)
        for word, term in self.stems.items():
            if term:
                words[term].append(word)
        for term, forms in words.items():
            units = self.postings[term]
            yield (
                f"{release_id}\t{term}\t{len(units) + self.made[term]}\t{' '.join(forms)}"
                f"\t\\\\x{units.tobytes().hex()}\n"
            )
