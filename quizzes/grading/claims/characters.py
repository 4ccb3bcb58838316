"""What an ICD-10-CM code says otherwise than another, by their titles and by definitions. Pure.

In E08-E13 .32 to .35 and .37 the seventh character is the eye, in H40 the stage, elsewhere mostly the
encounter: the definitions in the book decide, never the place of the character.
"""

import re
from functools import partial

from codesets.likeness import dice, words
from codesets.rules.case import source_of, title_of
from codesets.rules.facts import CATEGORY, CodeFact, NoteFact, OpenBook
from codesets.rules.sides import Side
from codesets.rules.values import Source, SourceKind
from codesets.systems import System, display
from quizzes.grading.claims.shape import UNRELATED, Shape, Words
from quizzes.grading.claims.titles import Placed, less_said, read, verdicts_of
from quizzes.grading.values import Verdict

STEM, WHOLE = 6, 7
COSTS = {
    Verdict.LATERALITY: 0.1,
    Verdict.SEVENTH_CHARACTER: 0.1,
    Verdict.SPECIFICITY: 0.15,
    Verdict.SAME_CATEGORY: 0.3,
}
FARTHEST_IN_CATEGORY = 0.7
SAME_REST, RELATED = 0.8, 0.9  # of another category: E10.9 for E11.9, and I11.9 for I10
# Here a block is a shelf of unlike things (symptoms, circumstances, reasons for an encounter): two of its
# categories are two statements, unless their titles say much the same.
SHELVES = ("R", "Z", "Y9")
ALIKE = 0.5
# Where no book is open to define them: the eyes of E08-E13, of which 9 is the unspecified one.
_EYE = re.compile(r"E(?:08|09|10|11|13)3[23457]")
_EYES, _EYE_UNSPECIFIED = "1239", "9"
_SAYS = {Side.RIGHT: "the right side", Side.LEFT: "the left side", Side.BILATERAL: "both sides"}


def shape(key: str, answer: str, book: OpenBook | None, known: CodeFact | None) -> Shape:
    """`known` is the answered code, of the book or of another release; None where nobody knows it."""
    wanted = book.codes.get(key) if book else None
    if book is None or wanted is None or known is None:
        return _by_characters(key, answer)
    if key[:CATEGORY] != answer[:CATEGORY]:
        return _other_category(wanted, known, book)
    return _same_category(wanted, known, book)


def unlike(key: CodeFact, answer: CodeFact) -> bool:
    """Whether two codes of different categories are so far apart that they are two errors."""
    if key.code[:2] != answer.code[:2] and (not key.block or key.block != answer.block):
        return True
    if not key.code.startswith(SHELVES):
        return False
    return dice(words(key.title), words(answer.title)) < ALIKE


def _same_category(wanted: CodeFact, known: CodeFact, book: OpenBook) -> Shape:
    seventh = _seventh(wanted.code, known.code, book)
    if seventh is None:
        verdicts = verdicts_of(_placed(wanted, book), _placed(known, book))
        # A release without definitions: a letter is an encounter, a digit may be a part of the body.
        letters = wanted.code[STEM:].isalpha() and known.code[STEM:].isalpha()
        if letters and verdicts == (Verdict.SAME_CATEGORY,) and _is_seventh(wanted.code, known.code):
            return _by_characters(wanted.code, known.code)
        return _shape(verdicts, wanted, known, book)
    found: tuple[Verdict, ...] = ()
    if wanted.code[:STEM] != known.code[:STEM]:
        stems = [book.codes.get(fact.parent, fact) for fact in (wanted, known)]
        found = verdicts_of(_placed(stems[0], book), _placed(stems[1], book))
    return _shape((*found, *(one for one in seventh if one not in found)), wanted, known, book)


def _seventh(key: str, answer: str, book: OpenBook) -> tuple[Verdict, ...] | None:
    """What the seventh characters say by their definitions; empty for the same, None for none defined."""
    meanings = _meanings(key, answer, book)
    if meanings is None:
        return None
    wanted, known = meanings
    if key[STEM] == answer[STEM]:
        return ()
    if any(read(meaning).side for meaning in meanings):
        return verdicts_of(Placed(wanted), Placed(known))
    return (Verdict.SEVENTH_CHARACTER,)


def _meanings(key: str, answer: str, book: OpenBook) -> tuple[str, str] | None:
    if len(key) != WHOLE or len(answer) != WHOLE:
        return None
    found = [dict((book.definition(code) or ("", ()))[1]).get(code[STEM]) for code in (key, answer)]
    return (found[0], found[1]) if found[0] and found[1] else None


def _placed(fact: CodeFact, book: OpenBook) -> Placed:
    above = tuple((code, book.codes[code].title) for code in book.path(fact.code)[1:] if code in book.codes)
    return Placed(fact.title, above)


def _shape(verdicts: tuple[Verdict, ...], wanted: CodeFact, known: CodeFact, book: OpenBook) -> Shape:
    cost = sum(COSTS[verdict] for verdict in verdicts)
    if Verdict.SAME_CATEGORY in verdicts:
        cost += 0.1 * (STEM - _common(wanted.code, known.code)) / 2
    cost = min(cost, FARTHEST_IN_CATEGORY)
    return Shape(verdicts, cost, True, partial(_words, verdicts, wanted, known, book))


def _common(key: str, answer: str) -> int:
    """How many characters the codes begin with in common."""
    return next((at for at, (a, b) in enumerate(zip(key, answer, strict=False)) if a != b), STEM)


def _words(verdicts: tuple[Verdict, ...], wanted: CodeFact, known: CodeFact, book: OpenBook) -> Words:
    why = " ".join(_WHY[verdict](wanted, known, book) for verdict in verdicts)
    return Words(why, *_official(verdicts, wanted, known, book))


def _official(
    verdicts: tuple[Verdict, ...], wanted: CodeFact, known: CodeFact, book: OpenBook
) -> tuple[str, Source | None]:
    """The definition where the seventh character decides, a note that parts the two, else the right title."""
    if Verdict.SEVENTH_CHARACTER in verdicts and (defined := book.definition(wanted.code)):
        meant = {wanted.code[STEM], known.code[STEM]}
        lines = [f"{sign} - {meaning}" for sign, meaning in defined[1] if sign in meant]
        return "\n".join(lines), Source(SourceKind.CODE, defined[0], "seventh_character")
    if not {Verdict.SAME_CATEGORY, Verdict.WRONG_CATEGORY}.isdisjoint(verdicts):
        note = _excluding(known.code, wanted.code, book) or _excluding(wanted.code, known.code, book)
        if note:
            return note.text, source_of(note)
    return f"{_name(wanted)} {wanted.title}", title_of(wanted)


def _excluding(code: str, other: str, book: OpenBook) -> NoteFact | None:
    """The Excludes1 note at a code, or at one above it, that names the other; a chapter's parts too much. An
    Excludes2 note lets both codes stand, and so decides nothing.
    """
    notes = book.notes_on(code, ("excludes1",))
    own = (note for note in notes if note.owner_kind == SourceKind.CODE)
    return next((note for note in own if any(_covers(target, other) for target in note.targets)), None)


def _covers(target: tuple[str, str], code: str) -> bool:
    return target[0] <= code and code[: len(target[1])] <= target[1]


def _other_category(wanted: CodeFact, known: CodeFact, book: OpenBook) -> Shape:
    verdicts = (Verdict.WRONG_CATEGORY,)
    cost = SAME_REST if wanted.code[CATEGORY:] == known.code[CATEGORY:] else RELATED
    if unlike(wanted, known):
        cost = UNRELATED
    return Shape(verdicts, cost, False, partial(_words, verdicts, wanted, known, book))


def _by_characters(key: str, answer: str) -> Shape:
    """Where the book cannot tell: nothing is said but what the place of a character proves."""
    shown, right = display(System.ICD10CM, answer), display(System.ICD10CM, key)
    other = partial(Words, f"The record supports {right}, not {shown}.")
    if key[:CATEGORY] != answer[:CATEGORY]:
        cost = RELATED if key[:2] == answer[:2] and not key.startswith(SHELVES) else UNRELATED
        return Shape((Verdict.WRONG_CATEGORY,), cost, False, other)
    if not _is_seventh(key, answer):
        return Shape((Verdict.SAME_CATEGORY,), COSTS[Verdict.SAME_CATEGORY], True, other)
    verdict = Verdict.SEVENTH_CHARACTER
    if _EYE.match(key):
        verdict = Verdict.SPECIFICITY if _EYE_UNSPECIFIED in key[-1] + answer[-1] else Verdict.LATERALITY
    says = not _EYE.match(key) or answer[-1] in _EYES  # another character is of no eye
    why = f"Only the seventh character of {shown} differs: report {right}."
    return Shape((verdict,) if says else (), COSTS[verdict], True, partial(Words, why))


def _is_seventh(key: str, answer: str) -> bool:
    """Whether nothing differs but the seventh character."""
    return len(key) == len(answer) == WHOLE and key[:STEM] == answer[:STEM]


def _name(fact: CodeFact) -> str:
    return display(fact.system, fact.code)


def _side_differs(wanted: CodeFact, known: CodeFact, book: OpenBook) -> str:
    sides = [read(fact.title).side for fact in (wanted, known)]
    right, wrong = (_SAYS.get(side, "another side") if side else "another side" for side in sides)
    return f"{_name(known)} says {wrong}; the record supports {right}: report {_name(wanted)}."


def _detail_differs(wanted: CodeFact, known: CodeFact, book: OpenBook) -> str:
    if less_said(_placed(wanted, book), _placed(known, book)):
        return (
            f"{_name(known)}, “{known.title}”, leaves unspecified what the record says: "
            f"report {_name(wanted)}, “{wanted.title}”."
        )
    return (
        f"{_name(known)}, “{known.title}”, says more than the record does: "
        f"report {_name(wanted)}, “{wanted.title}”."
    )


def _seventh_differs(wanted: CodeFact, known: CodeFact, book: OpenBook) -> str:
    right, wrong = _meanings(wanted.code, known.code, book) or ("", "")
    return (
        f"The seventh character {known.code[STEM]} of {_name(known)} means “{wrong}”; the record supports "
        f"{wanted.code[STEM]}, “{right}”: report {_name(wanted)}."
    )


def _titles_differ(wanted: CodeFact, known: CodeFact, book: OpenBook) -> str:
    return f"{_name(known)} is “{known.title}”; the record supports {_name(wanted)}, “{wanted.title}”."


_WHY = {
    Verdict.LATERALITY: _side_differs,
    Verdict.SPECIFICITY: _detail_differs,
    Verdict.SEVENTH_CHARACTER: _seventh_differs,
    Verdict.SAME_CATEGORY: _titles_differ,
    Verdict.WRONG_CATEGORY: _titles_differ,
}
