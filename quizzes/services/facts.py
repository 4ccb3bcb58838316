"""Builds what graders may know of the books: the facts of the codes that they will ask about."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from codesets import catalog
from codesets.systems import normalize
from quizzes.grading.values import BookFacts, CodeFacts

NO_FACTS = BookFacts()


def book_facts(wanted: Iterable[tuple[date, str, str]]) -> dict[date, BookFacts]:
    """Facts by date, for (date, system, code) triples: the releases in force on each date, and their codes.

    Nothing wanted costs no query; otherwise two for each date.
    """
    by_date: dict[date, set[tuple[str, str]]] = defaultdict(set)
    for on, system, code in wanted:
        by_date[on].add((system, normalize(code)))
    return {on: _facts_on(on, pairs) for on, pairs in by_date.items()}


def _facts_on(on: date, pairs: set[tuple[str, str]]) -> BookFacts:
    asked = {system for system, _ in pairs}
    releases = {
        release.system: release.label for release in catalog.releases_in_force(on) if release.system in asked
    }
    found = catalog.find_codes(pairs, on)
    return BookFacts(
        codes={
            (system, normalize(code)): CodeFacts(info.title, info.billable)
            for (system, code), info in found.items()
        },
        releases=releases,
    )
