"""Search as you type over the books in force: codes, their beginnings and ranges, then words.

What is typed is read in every way that it can be (`plan`): abbreviations and lay words in the words of the
books, slips of the finger, a last word that goes on. Each reading ranks the units of each release (`rank`):
titles, lines of what a code includes, paths of an index. They are found by what was made when the release was
published (`index`), of which a process keeps some (`books`). The codes of the best are then fetched, and told
why (`hits`).
"""

import re
from collections.abc import Iterator, Sequence
from heapq import nlargest
from itertools import chain, zip_longest

from codesets.search import hits, plan
from codesets.search.books import SearchBook, postings, read_books
from codesets.search.plan import Reading
from codesets.search.rank import best_units
from codesets.systems import System, normalize
from codesets.values import ReleaseInfo, SearchHit

LONGEST_QUERY = 200
MOST = 100
MOST_UNITS = 60  # that are looked at, or twice as many as are asked for; half of a release and a reading
WHOLE = 0.9  # of what a code can be worth: it has all of a condition
BOTH = 0.93  # the same, of two
NOTHING = (0.0,)
_CODE = re.compile(r"(?=.*[0-9])[0-9A-Z]{2,9}")
_RANGE = re.compile(r"([0-9A-Z.]{3,9}) ?(?:-|–| to ) ?([0-9A-Z.]{3,9})", re.IGNORECASE)
_DOTTED = re.compile(r"[A-Z][0-9][0-9A-Z]\.[0-9A-Z]{1,4}\b", re.IGNORECASE)
_HCPCS = re.compile(r"[A-Z][0-9]{4}")
_MODIFIER = re.compile(r"[A-Z]{2}")


def search(
    q: str,
    releases: Sequence[ReleaseInfo],
    indexes: Sequence[ReleaseInfo] = (),
    *,
    billable: bool | None = None,
    limit: int = 20,
) -> list[SearchHit]:
    """Best first, at most `limit` (and at most 100). Nothing for a query without a letter or digit.

    `releases` are of code systems; `indexes` lead to their codes.
    """
    q = " ".join(q[:LONGEST_QUERY].replace("\0", " ").split()) + " " * q[-1:].isspace()
    asked = hits.Asked(releases, billable, max(1, min(limit, MOST)))
    if not releases or not q.strip():
        return []
    found: dict[tuple[int, str], SearchHit] = {}
    for hit in _in_turn(q, asked, indexes):
        found.setdefault((hit.code.release.id, hit.code.code), hit)
        if len(found) == asked.limit:
            break
    return list(found.values())


def _in_turn(q: str, asked: hits.Asked, indexes: Sequence[ReleaseInfo]) -> Iterator[SearchHit]:
    """Codes before words, but DM1 is a diabetes before it is the beginning of a code, and MS no modifier."""
    codes = _by_code(q.strip(), asked)
    exact = bool(codes) and codes[0].code.billable and codes[0].code.code == normalize(q)
    if codes and not exact and plan.is_read_whole(q):
        words = _by_words(q, asked, indexes)
        half = asked.limit // 2
        yield from chain(words[:half], codes, words[half:])
        return
    yield from codes
    yield from _by_words(q, asked, indexes)


def _by_code(q: str, asked: hits.Asked) -> list[SearchHit]:
    """Codes that begin so, or that lie between two beginnings; a modifier by its two letters."""
    code = normalize(q)
    if bounds := _RANGE.fullmatch(q):
        first, last = (normalize(bound) for bound in bounds.groups())
        if _CODE.fullmatch(first) and _CODE.fullmatch(last) and first[0].isalpha() == last[0].isalpha():
            if not (_HCPCS.fullmatch(first) and _HCPCS.fullmatch(last)):
                asked = asked.without(System.HCPCS)
            return hits.by_code(asked, first, last + "~", levels=True)
    if dotted := _DOTTED.match(q):
        code = normalize(dotted[0])
    if _CODE.fullmatch(code):
        return hits.by_code(asked, code, code + "~")
    return hits.by_code(asked, code, code + " ") if _MODIFIER.fullmatch(code) else []


def _by_words(q: str, asked: hits.Asked, indexes: Sequence[ReleaseInfo]) -> list[SearchHit]:
    """Of two conditions the best of each in turn, after a code that has both."""
    answers = [_ranked(q, asked, indexes)]
    apart = [_ranked(part, asked, indexes) for part in plan.conditions(q)]
    if apart and all(answer and answer[0][0] >= WHOLE for answer in apart):
        both = answers[0][:1] if answers[0] and answers[0][0][0] >= BOTH else []
        answers = [both, *apart, *answers]
    in_turn = chain.from_iterable(zip_longest(*answers))
    return [found[1] for found in in_turn if found]


def _ranked(q: str, asked: hits.Asked, indexes: Sequence[ReleaseInfo]) -> list[tuple[float, SearchHit]]:
    searched = read_books({release.id: release.system for release in chain(asked.releases.values(), indexes)})
    readings = plan.plan(q, [book.lexicon for book in searched])
    terms = {term for reading in readings for term in reading.terms}
    units = postings({book.release_id: terms & book.lexicon.counts.keys() for book in searched})
    most = max(MOST_UNITS, 2 * asked.limit)
    best: dict[tuple[int, SearchBook], tuple[float, Reading]] = {}
    top = 0.0
    for book in searched:
        credit = hits.CREDIT.get(book.system, 1.0)
        for reading in readings:
            ranked = best_units(
                reading,
                book.lexicon,
                units[book.release_id],
                book.weights,
                most // 2,
                hits.FAINT * top / credit,
            )
            for worth, unit in ranked:
                if worth * credit > best.get((unit, book), NOTHING)[0]:
                    best[unit, book] = worth * credit, reading
            top = max(top, ranked[0][0] * credit if ranked else 0)
    chosen = nlargest(most, best.items(), key=lambda item: item[1][0])
    found = [hits.Found(book, unit, reading) for (unit, book), (_, reading) in chosen]
    return hits.of_found(found, asked)
