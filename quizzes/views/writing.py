"""What the form of a case shows beside what is written: titles, lists of codes, where a problem stands."""

import re
from collections.abc import Mapping, MutableMapping
from datetime import date
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from codesets import live
from codesets.rules.values import Role
from codesets.systems import SYSTEMS, System, normalize
from quizzes.grading.claims.keys import NOT_CODED
from quizzes.grading.values import Verdict
from quizzes.verdict_words import VERDICT_WORDS
from quizzes.views.claims import POA, ROLES, search_address

PLACES = {"dx": "diagnosis", "px": "procedure", "nc": "code not to report,"}
_BOOKS: dict[str, list[str]] = {
    "dx": [System.ICD10CM.value],
    "px": sorted(one.value for one in System if one != System.ICD10CM),
    "nc": sorted(one.value for one in System),
}
_PLACE = re.compile(r"\b(?:(dx|px):|not_coded )(\d+)")
_ELSEWHERE = re.compile(r"\balternative \d|another whole record", re.IGNORECASE)


def show_writing(writing: Mapping[str, Any], on: date) -> dict[str, Any]:
    """The rows of key and coded claim with the titles of the day's books, and the choices of their cells.

    One query, none without codes.
    """
    claims = [writing[name] for name in ("key", "coded") if name in writing]
    rows = [row for claim in claims for part in claim.values() for row in part]
    _tell_titles([row for row in rows if row.get("code")], on)
    return {
        **writing,
        "on": on,
        "searches": {part: search_address(books, on) for part, books in _BOOKS.items()},
        "roles": [(Role.FIRST_LISTED, "First-listed"), *ROLES],
        "poa": POA,
        "has_cpt": any(row.get("book") is SYSTEMS[System.CPT] for row in rows),
        "verdicts": [(one.value, VERDICT_WORDS[one].name) for one in Verdict if one in NOT_CODED],
    }


def _tell_titles(rows: list[MutableMapping[str, Any]], on: date) -> None:
    pairs = [(row.get("system") or System.ICD10CM.value, normalize(row["code"])) for row in rows]
    found = live.resolver(on)(sorted(set(pairs))) if pairs else {}
    for row, pair in zip(rows, pairs, strict=True):
        row["title"] = found[pair].title if pair in found else ""
        row["book"] = SYSTEMS[System(pair[0])]


def at_rows(message: str) -> SafeString:
    """The message with a link to each row of the key that it names: dx:1 is "diagnosis 1"."""
    if _ELSEWHERE.search(message):
        return conditional_escape(message)
    parts, end = [], 0
    for match in _PLACE.finditer(message):
        part = match[1] or "nc"
        parts += [
            conditional_escape(message[end : match.start()]),
            format_html('<a href="#key-{0}-{1}">{2} {1}</a>', part, match[2], PLACES[part]),
        ]
        end = match.end()
    return mark_safe("".join([*parts, conditional_escape(message[end:])]))  # each part is escaped
