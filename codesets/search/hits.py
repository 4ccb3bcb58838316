"""From the units that were found to codes, and to what is said of why."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from codesets.search.books import SearchBook
from codesets.search.index import COLUMNS, LINES
from codesets.search.plan import Reading
from codesets.search.rank import SIDES, Scale
from codesets.search.words import Text, read
from codesets.systems import INDEXES, Reference, System, display
from codesets.values import CodeInfo, ReleaseInfo, SearchHit

FAINT = 0.4  # of the worth of the best, below which nothing is looked at
DECAY = 0.985  # of the worth of a code for each of its release that comes before it
HEADING = 0.975  # of the worth of a code that cannot be reported
# Of equals, diagnoses before procedures, and what the code book says before its index.
CREDIT: dict[str, float] = {
    System.ICD10PCS: 0.93,
    System.HCPCS: 0.97,
    Reference.ICD10CM_INDEX: 0.95,
    Reference.ICD10PCS_INDEX: 0.95,
}
BELOW = 3  # codes of an index entry that names only the beginning of some
BASES = 15  # codes whose seventh characters are looked through

_COLUMNS = "c.id, c.release_id, c.code, c.title, c.billable, c.parent, c.depth, c.details->>'kind', c.terms"
_BY_CODE = f"""
SELECT {_COLUMNS} FROM codesets_code c
WHERE c.release_id = ANY(%(releases)s) AND c.code >= %(first)s AND c.code < %(last)s
    AND (%(billable)s::boolean IS NULL OR c.billable = %(billable)s)
ORDER BY c.code <> %(first)s, CASE WHEN %(levels)s THEN c.depth END, c.release_id, c.position LIMIT %(limit)s
"""
_BY_ID = f"SELECT {_COLUMNS} FROM codesets_code c WHERE c.id = ANY(%(ids)s)"
_MADE_OF = f"""
SELECT {_COLUMNS} FROM codesets_code base
JOIN codesets_code c ON c.release_id = base.release_id AND c.parent = base.code AND NOT c.printed
WHERE base.id = ANY(%(ids)s) ORDER BY c.position
"""
# Entries of an index with their paths ("Accident, transport, car occupant") and the codes that they or the
# columns of a table lead to: the code itself, or where there is none the first that begin so.
_LED_TO = f"""
WITH RECURSIVE path AS (
    SELECT asked.*, entry.parent, entry.title, entry.nonessential, entry.part, CASE
        WHEN asked.line = 0 THEN ARRAY(SELECT jsonb_array_elements_text(entry.targets))
        ELSE ARRAY[regexp_replace(entry.cells ->> asked.line::text, '[^0-9A-Z]', '', 'g')]
    END AS targets
    FROM unnest(%(indexes)s::bigint[], %(releases)s::bigint[], %(positions)s::int[], %(lines)s::int[])
        WITH ORDINALITY AS asked (index_id, release_id, position, line, number)
    JOIN codesets_indexentry entry ON entry.release_id = asked.index_id AND entry.position = asked.position
    UNION ALL
    SELECT path.index_id, path.release_id, path.position, path.line, path.number, above.parent,
        concat_ws(', ', above.title, nullif(path.title, '')),
        concat_ws(' ', above.nonessential, path.nonessential), path.part, path.targets
    FROM path JOIN codesets_indexentry above
        ON above.release_id = path.index_id AND above.position = path.parent
)
SELECT path.number, path.title, path.nonessential, path.part, {_COLUMNS}
FROM path CROSS JOIN LATERAL unnest(path.targets) target
CROSS JOIN LATERAL (
    SELECT * FROM codesets_code
    WHERE release_id = path.release_id AND code >= target AND code < target || '~'
    ORDER BY code LIMIT CASE WHEN EXISTS (
        SELECT FROM codesets_code WHERE release_id = path.release_id AND code = target
    ) THEN 1 ELSE {BELOW} END
) c
WHERE path.parent IS NULL
"""


class Asked:
    """Whose codes are asked for, which of them, how many."""

    def __init__(self, releases: Sequence[ReleaseInfo], billable: bool | None, limit: int) -> None:
        self.releases = {release.id: release for release in releases}
        self.billable = billable
        self.limit = limit

    def without(self, system: System) -> "Asked":
        others = [release for release in self.releases.values() if release.system != system]
        return Asked(others, self.billable, self.limit) if others else self


@dataclass(frozen=True)
class Found:
    book: SearchBook
    unit: int
    reading: Reading

    @property
    def place(self) -> int:
        return self.book.sources[self.unit] // LINES

    @property
    def line(self) -> int:
        return self.book.sources[self.unit] % LINES


class _Row(NamedTuple):
    id: int
    release_id: int
    code: str
    title: str
    billable: bool
    parent: str
    depth: int
    kind: str | None
    terms: str


@dataclass(frozen=True)
class _Candidate:
    """A code, and the text that led to it: its title, a term that it includes, an entry of the index; `said`
    are its terms, with what the title adds.
    """

    worth: float
    row: _Row
    found: Found
    where: str
    text: str
    said: Text

    @property
    def order(self) -> tuple:
        """Of equals, codes that can be reported come first, then what says more."""
        row = self.row
        return -round(self.worth, 4), not row.billable, -row.depth, row.release_id, row.id

    @property
    def why(self) -> str:
        told = self.where if self.where == "Title" else f"{self.where}: {self.text}"
        return "; ".join((told, *self.found.reading.said))


def by_code(asked: Asked, first: str, last: str, *, levels: bool = False) -> list[SearchHit]:
    """Codes from `first` up to `last`, which is left out; with `levels` all of one before those below."""
    rows = _rows(
        _BY_CODE,
        releases=list(asked.releases),
        billable=asked.billable,
        limit=asked.limit,
        first=first,
        last=last,
        levels=levels,
    )
    return [_hit(_Row(*row), "Code", asked) for row in rows]


def of_found(found: Sequence[Found], asked: Asked) -> list[tuple[float, SearchHit]]:
    """With what each is worth, best first."""
    of_books = [each for each in found if each.book.release_id in asked.releases]
    of_indexes = [each for each in found if each.book.release_id not in asked.releases]
    scales = _Scales()
    candidates = [*_of_books(of_books, scales), *_of_indexes(of_indexes, asked, scales)]
    best: dict[int, _Candidate] = {}
    for each in (*candidates, *_with_seventh(candidates, asked, scales)):
        if each.row.id not in best or each.worth > best[each.row.id].worth:
            best[each.row.id] = each
    wanted = [each for each in best.values() if asked.billable in (None, each.row.billable)]
    least = FAINT * max((each.worth for each in wanted), default=0)
    ordered = sorted((each for each in wanted if each.worth >= least), key=lambda each: each.order)
    return [(each.worth, _hit(each.row, each.why, asked)) for each in _mixed(ordered)[: asked.limit]]


def _mixed(ordered: list[_Candidate]) -> list[_Candidate]:
    """Each further code of a release counts for less, so that a procedure is seen beside many diagnoses."""
    before: Counter[int] = Counter()
    worth = {}
    for each in ordered:
        worth[each.row.id] = each.worth * DECAY ** before[each.row.release_id]
        before[each.row.release_id] += 1
    return sorted(ordered, key=lambda each: -worth[each.row.id])


class _Scales(dict[tuple[SearchBook, int], Scale]):
    """Of each book and reading."""

    def worth(self, found: Found, row: _Row, said: Text) -> float:
        key = found.book, id(found.reading)
        scale = self.get(key) or self.setdefault(key, Scale(found.reading, found.book.lexicon))
        worth = scale.worth(said) * CREDIT.get(found.book.system, 1.0)
        return worth if row.billable else worth * HEADING


def _of_books(found: list[Found], scales: _Scales) -> Iterator[_Candidate]:
    ids = [each.book.first + each.place for each in found]
    rows = {row[0]: _Row(*row) for row in _rows(_BY_ID, ids=ids)} if ids else {}
    for each, pk in zip(found, ids, strict=True):
        if row := rows.get(pk):
            title = said = read(row.title, each.book.system == System.HCPCS)
            where, text = "Title", row.title
            if each.line:
                where, text = "Inclusion term", row.terms.split("\n")[each.line - 1]
                said = _with_title(read(text), title, each.reading)
            yield _Candidate(scales.worth(each, row, said), row, each, where, text, said)


def _with_title(text: Text, title: Text, reading: Reading) -> Text:
    """A text that leads to a code: what the title says more is no part of it, but for a sought side."""
    sides = frozenset() if reading.terms.isdisjoint(SIDES) else title.certain & SIDES
    return Text(text.certain | sides, text.optional, text.denied, title.certain | title.optional)


def _of_indexes(found: list[Found], asked: Asked, scales: _Scales) -> Iterator[_Candidate]:
    """The codes that entries lead to, in the release of the code system that is searched."""
    if not found:
        return
    of_system = {release.system: release.id for release in asked.releases.values()}
    for number, path, optional, part, *values in _rows(
        _LED_TO,
        indexes=[each.book.release_id for each in found],
        releases=[of_system[INDEXES[each.book.system]] for each in found],
        positions=[each.place for each in found],
        lines=[each.line for each in found],
    ):
        each, row = found[number - 1], _Row(*values)
        column = COLUMNS.get(part, {}).get(str(each.line), "")
        said = _with_title(read(f"{path} {column} ({optional})"), read(row.title), each.reading)
        yield _Candidate(scales.worth(each, row, said), row, each, "Index", path, said)


def _with_seventh(candidates: list[_Candidate], asked: Asked, scales: _Scales) -> Iterator[_Candidate]:
    """Codes made of those that take a seventh character, where its meaning says more of what is sought."""
    bases = [
        each
        for each in sorted(candidates, key=lambda each: -each.worth)
        if not each.row.billable and (asked.billable or each.found.reading.terms & each.found.book.seventh)
    ][:BASES]
    made: dict[tuple[int, str], list[_Row]] = defaultdict(list)
    for values in _rows(_MADE_OF, ids=list({each.row.id for each in bases})) if bases else ():
        row = _Row(*values)
        made[row.release_id, row.parent].append(row)
    for each in bases:
        found = each.found
        for row in made.get((each.row.release_id, each.row.code), ()):
            adds = read(row.title[len(each.row.title) :])
            if asked.billable or (adds.certain | adds.optional) & found.reading.terms:
                said = each.said.with_more(adds)
                yield _Candidate(scales.worth(found, row, said), row, found, each.where, each.text, said)


def _hit(row: _Row, why: str, asked: Asked) -> SearchHit:
    release = asked.releases[row.release_id]
    return SearchHit(
        CodeInfo(
            release.system,
            row.code,
            display(release.system, row.code),
            row.title,
            row.billable,
            release,
            row.parent,
            row.depth,
            row.kind or "code",
        ),
        why,
    )


def _rows(statement: str, **values: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
