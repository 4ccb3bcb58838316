"""Two codes compared by the official books, in a line."""

from codesets.rules.facts import Facts
from codesets.systems import System, normalize
from quizzes.grading.claims.compare import Difference, compare, cost
from tests.quizzes.grading.claims.official_books import all_books


def compared(system: str, key: str, answer: str, facts: Facts) -> Difference:
    """What is said; pairing finds the same cost."""
    found = compare(system, normalize(key), normalize(answer), facts)
    assert cost(system, normalize(key), normalize(answer), facts) == found.cost
    return found


def diagnosis(key: str, answer: str, facts: Facts | None = None) -> Difference:
    return compared(System.ICD10CM, key, answer, facts or all_books())


def operation(key: str, answer: str) -> Difference:
    return compared(System.ICD10PCS, key, answer, all_books())


def how_far(found: Difference) -> str:
    return "near" if found.near else "related" if found.cost < 1 else "apart"
