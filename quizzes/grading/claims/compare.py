"""How an answered code differs from the code of the key: the one place that says it. Pure.

A verdict is given only where code, official title or definition prove it; what they do not prove is
`same_category` or `wrong_category`.
"""

from dataclasses import dataclass
from functools import partial

from codesets.rules.case import title_of
from codesets.rules.facts import CATEGORY, CodeFact, Facts, OpenBook
from codesets.rules.values import Source
from codesets.systems import System, display
from quizzes.grading.claims import axes, characters, em
from quizzes.grading.claims.shape import UNRELATED, Shape, Words
from quizzes.grading.claims.standing import Standing, standing
from quizzes.grading.values import Verdict

TRUNCATED, SUCCEEDED, SLIP, NEIGHBOUR = 0.2, 0.25, 0.25, 0.9  # costs
UNSURE = 0.02  # what a code that cannot be reported costs beside its distance
FARTHEST_RELATED = 0.95
_PLACED = frozenset({Verdict.TRUNCATED, Verdict.SEVENTH_CHARACTER, Verdict.LATERALITY, Verdict.PCS_AXIS})


@dataclass(frozen=True)
class Difference:
    """verdicts: none for the same code. cost: 0 for the same, rising with distance; from UNRELATED on the
    two are one missing and one extra. near: may earn the policy's credit for the same category. why: advice
    that names both codes; quote and source: the official words that decide; remark: what no loaded book can
    confirm, to be said last.
    """

    verdicts: tuple[Verdict, ...] = ()
    cost: float = 0.0
    near: bool = False
    why: str = ""
    quote: str = ""
    source: Source | None = None
    remark: str = ""


SAME = Difference()


def compare(system: str, key: str, answer: str, facts: Facts) -> Difference:
    """Two stored codes of one system. Where its book is not open only their characters are compared, and the
    answered code is not verifiable.
    """
    if key == answer:
        return SAME
    stands, shape = _measured(system, key, answer, facts)
    certain = tuple(one for one in stands.verdicts if one != Verdict.NOT_VERIFIABLE)
    doubts = tuple(one for one in stands.verdicts if one == Verdict.NOT_VERIFIABLE)
    words = shape.words()
    alone = "" if Verdict.TRUNCATED in shape.verdicts else stands.why
    return Difference(
        tuple(dict.fromkeys((*certain, *shape.verdicts, *doubts))),
        shape.cost,
        _is_near(stands, shape, answer),
        " ".join(filter(None, (words.why,) if doubts else (alone, words.why))),
        words.quote or stands.quote,
        words.source or stands.source,
        alone if doubts else "",
    )


def weigh(system: str, key: str, answer: str, facts: Facts) -> tuple[float, bool]:
    """The cost of `compare` and whether the two are near, without words: pairing weighs many codes."""
    if key == answer:
        return 0.0, False
    if key[:CATEGORY] != answer[:CATEGORY] and _is_apart(system, key, answer, facts):
        return UNRELATED, False
    stands, shape = _measured(system, key, answer, facts)
    return shape.cost, _is_near(stands, shape, answer)


def cost(system: str, key: str, answer: str, facts: Facts) -> float:
    return weigh(system, key, answer, facts)[0]


def _is_near(stands: Standing, shape: Shape, answer: str) -> bool:
    """Near, and certainly reportable: levels of visits are known without the AMA's book."""
    certain = [one for one in stands.verdicts if one != Verdict.NOT_VERIFIABLE]
    return shape.near and not certain and (not stands.verdicts or answer in em.FAMILY_OF)


def _measured(system: str, key: str, answer: str, facts: Facts) -> tuple[Standing, Shape]:
    stands, shape = standing(system, answer, facts), _shape(system, key, answer, facts)
    if Verdict.INVALID in stands.verdicts and not _PLACED.issuperset(shape.verdicts):
        shape = _slip(system, key, answer, shape.cost, stands.why)
    if stands.verdicts and shape.cost < UNRELATED:
        shape = shape._replace(cost=min(shape.cost + UNSURE, FARTHEST_RELATED))
    return stands, shape


def _slip(system: str, key: str, answer: str, distance: float, said: str) -> Shape:
    """A code that no book has stands in no category. It is one error with the key if it goes on beyond it or
    differs from it in one character, as the letter O for a 0 does, or begins like it. `said`: of it alone.
    """
    differing = sum(one != other for one, other in zip(key, answer, strict=False))
    typed = answer.startswith(key) or (len(key) == len(answer) and differing == 1)
    shown = display(system, key)
    why = "" if shown in said else f"The record supports {shown}."
    return Shape((), SLIP if typed else distance, False, partial(Words, why))


def official_words(system: str, code: str, facts: Facts) -> tuple[str, Source | None]:
    """A code and its title as the book prints them, and where; empty where no book has it, and for CPT."""
    return _title(code, facts.books.get(system))


def _is_apart(system: str, key: str, answer: str, facts: Facts) -> bool:
    """Whether two codes of different categories are two errors. False leaves the question to `compare`."""
    book = facts.books.get(system)
    if key.startswith(answer) or (book is not None and answer not in book.codes):
        return False
    if system == System.ICD10PCS:
        return axes.is_apart(key, answer)
    if system != System.ICD10CM:
        return not (key in em.FAMILY_OF and answer in em.FAMILY_OF)
    if book is None or key not in book.codes:
        return key[:2] != answer[:2]
    return characters.unlike(book.codes[key], book.codes[answer])


def _shape(system: str, key: str, answer: str, facts: Facts) -> Shape:
    book = facts.books.get(system)
    if answer and key.startswith(answer):
        return _truncated(system, key, answer, book)
    if system == System.ICD10PCS:
        return axes.shape(key, answer, book)
    if system != System.ICD10CM:
        return em.shape(key, answer) or _procedure(system, key, answer, book)
    known = facts.code(system, answer)
    if known is None and (elsewhere := facts.elsewhere.get((system, answer))):
        if key in (code for code, _ in elsewhere.successors):
            return Shape((), SUCCEEDED, False, partial(_told, f"Report {display(system, key)}.", key, book))
        known = CodeFact(system, answer, elsewhere.title, True)
    return characters.shape(key, answer, book, known)


def _truncated(system: str, key: str, answer: str, book: OpenBook | None) -> Shape:
    shown, right = display(system, answer), display(system, key)
    lacks = "stops short of the full code"
    if system == System.ICD10CM and len(key) == characters.WHOLE and not key[len(answer) : -1].strip("X"):
        lacks = "lacks its seventh character"
    why = f"{shown} {lacks}: report {right}{_called(key, book)}."
    return Shape((Verdict.TRUNCATED,), TRUNCATED, True, partial(_told, why, key, book))


def _procedure(system: str, key: str, answer: str, book: OpenBook | None) -> Shape:
    """HCPCS and CPT number like services together, and their characters mean nothing more."""
    why = f"{answer}{_called(answer, book)} is another service than the record supports: "
    why += f"report {key}{_called(key, book)}."
    distance = NEIGHBOUR if key[:CATEGORY] == answer[:CATEGORY] else UNRELATED
    return Shape((Verdict.WRONG_CATEGORY,), distance, False, partial(_told, why, key, book))


def _told(why: str, key: str, book: OpenBook | None) -> Words:
    return Words(why, *_title(key, book))


def _fact(code: str, book: OpenBook | None) -> CodeFact | None:
    """CPT's words are not shown: its reader may have no licence."""
    fact = book.codes.get(code) if book else None
    return fact if fact and fact.system != System.CPT else None


def _called(code: str, book: OpenBook | None) -> str:
    fact = _fact(code, book)
    return f", “{fact.title}”" if fact else ""


def _title(code: str, book: OpenBook | None) -> tuple[str, Source | None]:
    fact = _fact(code, book)
    return (f"{display(fact.system, code)} {fact.title}", title_of(fact)) if fact else ("", None)
