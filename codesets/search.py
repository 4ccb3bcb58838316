"""Search as you type: beginnings of codes, then full text over titles and what the codes include.

What looks like the beginning of a code is looked up as one. Words are looked up in the vectors of printed
codes, the last one as a beginning: all of them first, then all but one, then any. Seventh-character codes
have no vector: where words are left over that only a seventh character's meaning has ("initial"), they are
sought among the codes made of what the other words found.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from codesets.systems import display, normalize
from codesets.values import CodeInfo, ReleaseInfo, SearchHit

LONGEST_QUERY = 200
MOST_WORDS = 8
MOST = 100
# Of a query that matches a tenth of the book, this many rows are ranked, in the order of the book.
CANDIDATES = 2000
BASES = 40  # codes whose seventh-character codes are looked through
ENDINGS = 3  # letters that an ending may have put after a stem
SHORTEST_STEM = 4
ENOUGH = 3  # with fewer hits than this, fewer words will do
_CODE = re.compile(r"(?=.*[0-9])[0-9A-Z]{2,9}")
_MODIFIER = re.compile(r"[A-Z]{2}")
_WORD = re.compile(r"[^\W_]+")
_SEVENTH_WORDS = frozenset(
    {"initial", "subsequent", "encounter", "sequela", "closed", "open", "routine", "delayed", "healing"}
    | {"nonunion", "malunion"}
)
# What the books leave out when they name the default: "(primary)", "NOS", ", unspecified".
_LEFT_OUT = r" ?\([^)]*\)|,? (nos|unspecified)\M"

_COLUMNS = "c.release_id, c.code, c.title, c.billable, c.parent, c.depth, c.details->>'kind', c.terms"

_BY_CODE = f"""
SELECT {_COLUMNS}, c.printed FROM codesets_code c
WHERE c.release_id = ANY(%(releases)s) AND c.code >= %(first)s AND c.code < %(last)s
    AND (%(billable)s::boolean IS NULL OR c.billable = %(billable)s)
ORDER BY c.code <> %(first)s, c.release_id, c.position LIMIT %(limit)s
"""

# Rank: most words first where any will do; then the very title, the title or a term but for what the books
# leave out, all words in the title, all in title and terms; short titles first. Who wants billable codes is
# also given what takes a seventh character; `completed` replaces it. `begins` only spares most rows the
# regular expression.
_BY_WORDS = f"""
SELECT {_COLUMNS}, true FROM (
    SELECT * FROM codesets_code
    WHERE printed AND words @@ %(query)s::tsquery AND release_id = ANY(%(releases)s) LIMIT {CANDIDATES}
) c
WHERE %(billable)s::boolean IS NULL OR c.billable = %(billable)s
    OR %(billable)s AND EXISTS (
        SELECT 1 FROM codesets_code made
        WHERE made.release_id = c.release_id AND made.parent = c.code AND NOT made.printed)
ORDER BY (SELECT count(*) FROM unnest(%(any_of)s::tsquery[]) word WHERE c.words @@ word) DESC,
    CASE
        WHEN lower(c.title) = %(text)s THEN 0
        WHEN starts_with(lower(c.title), %(begins)s)
            AND regexp_replace(lower(c.title), %(left_out)s, '', 'g') = %(text)s THEN 1
        WHEN strpos(lower(c.terms), %(begins)s) > 0 AND %(text)s = ANY(
            string_to_array(regexp_replace(lower(c.terms), %(left_out)s, '', 'g'), E'\\n')) THEN 1
        WHEN c.words @@ %(title_query)s::tsquery THEN 2
        ELSE 3
    END, length(c.title), c.depth, c.position
LIMIT %(limit)s
"""

_MADE = f"""
SELECT {_COLUMNS}, false FROM codesets_code c
WHERE c.release_id = ANY(%(releases)s) AND c.parent = ANY(%(bases)s) AND NOT c.printed
    AND lower(c.title) LIKE ALL(%(likes)s)
ORDER BY array_position(%(bases)s, c.parent), c.position LIMIT %(limit)s
"""


class _Row(NamedTuple):
    release_id: int
    code: str
    title: str
    billable: bool
    parent: str
    depth: int
    kind: str | None
    terms: str
    printed: bool


@dataclass(frozen=True)
class _Word:
    """A word as typed and as the dictionary stems it; the last one may go on."""

    typed: str
    stem: str
    open: bool

    def query(self, weight: str = "", cut: bool = False) -> str:
        """Its piece of a tsquery. With `cut`, also stems that the typing has passed: "hypertensi" finds
        "hypertens", which is all that the index has of hypertension.
        """
        stems = [f"'{self.stem}':{'*' if self.open else ''}{weight}".removesuffix(":")]
        if self.open and cut:
            shorter = (self.typed[:-ending] for ending in range(1, ENDINGS + 1))
            stems += [
                f"'{stem}':{weight}".removesuffix(":") for stem in shorter if len(stem) >= SHORTEST_STEM
            ]
        return "(" + " | ".join(stems) + ")"

    def stands_in(self, text: str) -> bool:
        beginning = self.stem if len(self.stem) <= SHORTEST_STEM else self.stem[:-1]
        return any(found.startswith(beginning) for found in _WORD.findall(text.lower()))


def search(
    q: str, releases: Sequence[ReleaseInfo], *, billable: bool | None = None, limit: int = 20
) -> list[SearchHit]:
    """Best first, at most `limit` (and at most 100). Nothing for a query without a letter or digit."""
    text = " ".join(q[:LONGEST_QUERY].replace("\0", " ").lower().split())
    limit = max(1, min(limit, MOST))
    if not releases or not _WORD.search(text):
        return []
    return _Search(text, releases, billable, limit).hits()


class _Search:
    def __init__(self, text: str, releases: Sequence[ReleaseInfo], billable: bool | None, limit: int) -> None:
        self.text = text
        self.bare = re.sub(_LEFT_OUT.replace("\\M", "\\b"), "", text).strip() or text
        self.releases = {release.id: release for release in releases}
        self.billable = billable
        self.limit = limit
        self.found: dict[tuple[int, str], SearchHit] = {}

    def hits(self) -> list[SearchHit]:
        code = normalize(self.text)
        if _CODE.fullmatch(code):
            self.by_code(code, code + "~")
        elif _MODIFIER.fullmatch(code):
            self.by_code(code, code + " ")
        if len(self.found) < self.limit:
            self.by_words()
        return list(self.found.values())[: self.limit]

    def by_code(self, first: str, last: str) -> None:
        """Codes from `first` up to `last`, which is left out."""
        rows = self.rows(_BY_CODE, first=first, last=last, limit=self.limit)
        self.keep(rows, lambda row: "Code")

    def by_words(self) -> None:
        words = _stemmed(self.bare)
        if not words:
            return
        self.by_query(_all(words), words, _all(words, "A"))
        if len(self.found) < ENOUGH:
            self.by_query(_all(words, cut=True), words, _all(words, "A", cut=True))
        if len(words) > 1 and len(self.found) < ENOUGH:
            self.by_seventh(words)
        if len(words) > 2 and len(self.found) < ENOUGH:
            most = (_all([*words[:place], *words[place + 1 :]]) for place in range(len(words)))
            self.by_query(" | ".join(f"({query})" for query in most), words)
        if len(words) > 1 and len(self.found) < ENOUGH:
            self.by_query(" | ".join(word.query() for word in words), words)

    def by_query(self, query: str, words: list[_Word], title_query: str = "") -> None:
        """Without a title query any of the words will do, and the codes that have most of them come first."""
        any_of = [] if title_query else [word.query() for word in words]
        rows = self.rows(
            _BY_WORDS,
            query=query,
            title_query=title_query or query,
            any_of=any_of,
            limit=self.limit,
        )
        self.keep(self.completed(rows), lambda row: _why(row, words, self.bare))

    def by_seventh(self, words: list[_Word]) -> None:
        """Words that only a seventh character's meaning has, sought below what the others find."""
        meant = [word for word in words if word.typed in _SEVENTH_WORDS]
        rest = [word for word in words if word.typed not in _SEVENTH_WORDS]
        if not meant or not rest or self.billable is False:
            return
        # What the other words find is only the way there, so it may be a header whoever asks.
        bases = self.rows(
            _BY_WORDS,
            query=_all(rest),
            title_query=_all(rest, "A"),
            any_of=[],
            limit=BASES,
            billable=None,
        )
        self.keep(self.made_of(bases, meant), lambda row: "Title")

    def made_of(self, bases: Iterable[_Row], meant: Iterable[_Word] = ()) -> list[_Row]:
        likes = [f"%{word.typed}%" for word in meant] or ["%"]
        return self.rows(_MADE, bases=[row.code for row in bases], likes=likes, limit=self.limit)

    def completed(self, rows: list[_Row]) -> list[_Row]:
        """For who wants billable codes: a code that takes a seventh character gives way to its codes."""
        short = [row for row in rows if not row.billable]
        if not self.billable or not short:
            return rows
        made: dict[tuple[int, str], list[_Row]] = {}
        for row in self.made_of(short):
            made.setdefault((row.release_id, row.parent), []).append(row)
        return [
            each
            for row in rows
            for each in ([row] if row.billable else made.get((row.release_id, row.code), []))
        ]

    def rows(self, statement: str, **values: Any) -> list[_Row]:
        given = {
            "releases": list(self.releases),
            "billable": self.billable,
            "text": self.bare,
            "begins": self.bare.partition(" ")[0],
            "left_out": _LEFT_OUT,
            **values,
        }
        with connection.cursor() as cursor:
            cursor.execute(statement, given)
            return [_Row(*row) for row in cursor.fetchall()]

    def keep(self, rows: Iterable[_Row], why: Callable[[_Row], str]) -> None:
        for row in rows:
            key = (row.release_id, row.code)
            if key not in self.found:
                self.found[key] = SearchHit(self.info(row), why(row))

    def info(self, row: _Row) -> CodeInfo:
        release = self.releases[row.release_id]
        return CodeInfo(
            release.system,
            row.code,
            display(release.system, row.code),
            row.title,
            row.billable,
            release,
            row.parent,
            row.depth,
            row.kind or "code",
        )


def _stemmed(text: str) -> list[_Word]:
    """The words that count, stemmed by the dictionary of the index; stop words fall out, save a last one."""
    typed = _WORD.findall(text)[:MOST_WORDS]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (tsvector_to_array(to_tsvector('english', word)))[1] "
            "FROM unnest(%s) WITH ORDINALITY AS typed (word, place) ORDER BY place",
            [typed],
        )
        stems = [stem for (stem,) in cursor.fetchall()]
    last = len(typed) - 1
    words = [
        # The c of "hepatitis c" is a word and no beginning.
        _Word(word, stem, place == last and len(word) > 1)
        for place, (word, stem) in enumerate(zip(typed, stems, strict=True))
        if stem
    ]
    return words or [_Word(typed[-1], typed[-1], True)]


def _all(words: Iterable[_Word], weight: str = "", cut: bool = False) -> str:
    return " & ".join(word.query(weight, cut) for word in words)


def _why(row: _Row, words: list[_Word], text: str) -> str:
    """Title, or the term that is what was typed or has more of the words than the title has."""

    def fits(written: str) -> tuple[bool, int]:
        return written.lower() == text, sum(word.stands_in(written) for word in words)

    best = max(row.terms.split("\n"), key=fits)
    return f"Inclusion term: {best}" if fits(best) > fits(row.title) else "Title"
