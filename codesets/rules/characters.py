"""What is wrong with the characters of an ICD-10-CM code. Pure.

A code that a definition of seventh characters binds and below which no code is printed is a base: its codes
are the base, X up to the sixth character, and a seventh (Official Guidelines I.A.4, I.A.5, I.B.2).
"""

import re

from codesets.rules.case import guideline, shown
from codesets.rules.facts import CodeFact, OpenBook
from codesets.rules.problems import Entry, Problem, listed, not_in_force, too_long, truncated, unknown
from codesets.rules.values import Source, SourceKind
from codesets.systems import System

PLACEHOLDER, STEM, WHOLE = "X", 6, 7
FILLED = (
    "If a code that requires a 7th character is not 6 characters, a placeholder X must be used to fill in "
    "the empty characters."
)
PRINTED = (
    "Where a placeholder exists, the X must be used in order for the code to be considered a valid code."
)
FULL_NUMBER = (
    "A code is invalid if it has not been coded to the full number of characters required for that code, "
    "including the 7th character, if applicable."
)
_REFUSED = re.compile(r"7th characters .* do not apply")


def problem(entry: Entry) -> Problem | None:
    """The one that tells the most: of the seventh character where a definition applies, else by the book."""
    fact, nearest = entry.fact, entry.book.nearest(entry.code)
    if fact is not None and fact.billable:
        return None
    if nearest is not None and (found := _of_the_seventh(entry, nearest)):
        return found
    if fact is not None:
        return truncated(entry, entry.book.below(fact.code))
    if entry.elsewhere is not None:
        return not_in_force(entry, entry.elsewhere)
    return _beyond(entry, nearest) if nearest is not None else unknown(entry)


def made_of(book: OpenBook, base: str) -> dict[str, str]:
    """The codes that a definition makes of a base, by seventh character; empty where the code is no base."""
    _, meanings = book.definition(base) or ("", ())
    codes = (
        (character, book.codes.get(base.ljust(STEM, PLACEHOLDER) + character)) for character, _ in meanings
    )
    return {character: fact.code for character, fact in codes if fact and fact.parent == base}


def _of_the_seventh(entry: Entry, nearest: CodeFact) -> Problem | None:
    code, base = entry.code, nearest.code
    made = made_of(entry.book, base)
    if not made:
        return None
    takes = ", ".join(made)
    if len(code) <= STEM and not code[len(base) :].strip(PLACEHOLDER):
        message = f"{entry.shown} lacks its seventh character, {takes}: as in {shown(min(made.values()))}."
        return _defined(entry, base, made, "missing_seventh", message)
    if len(code) == WHOLE and code.startswith(base.ljust(STEM, PLACEHOLDER)):
        message = f"{code[STEM:]} is not a seventh character of {shown(base)}, which takes {takes}."
        return _defined(entry, base, made, "invalid_seventh", message)
    meant = {code[-1]: made[code[-1]]} if code[-1] in made else {}
    report = "".join(f": report {shown(each)}" for each in meant.values())
    if len(code) > WHOLE:
        message = f"{entry.shown} has {len(code)} characters, and no code has more than {WHOLE}{report}."
        return _defined(entry, base, meant, "superfluous_character", message)
    message = f"Only the placeholder X stands between {shown(base)} and its seventh character{report}."
    return Problem(
        "placeholder", message, tuple(meant.values()), FILLED, guideline("I.A.5", "7th Characters")
    )


def _defined(entry: Entry, base: str, made: dict[str, str], kind: str, message: str) -> Problem:
    """Quotes the definition, or the note that takes the reported character away from it."""
    owner, meanings = entry.book.definition(base) or ("", ())
    source = Source(SourceKind.CODE, owner, "seventh_character")
    quote = "\n".join(f"{character} - {meaning}" for character, meaning in meanings)
    if kind == "invalid_seventh" and entry.code[STEM] in dict(meanings):
        notes = entry.book.notes_on(base, ("note",))
        quote = next((note.text for note in notes if _REFUSED.match(note.text)), quote)
    return Problem(kind, message, tuple(made.values()), quote, source)


def _beyond(entry: Entry, nearest: CodeFact) -> Problem:
    """What stands after the longest beginning that the book has, where no seventh character explains it."""
    book, at = entry.book, len(nearest.code)
    if nearest.billable:
        return too_long(entry, nearest)
    choices = [fact.code for fact in book.below(nearest.code)]
    choice = f"Below {shown(nearest.code)} stand {listed(choices, System.ICD10CM)}."
    if {code[at] for code in choices} == {PLACEHOLDER}:
        meant = tuple(code for code in choices if _without_x(code) == _without_x(entry.code))
        told = f"report {shown(meant[0])}" if meant else choice[0].lower() + choice[1:-1]
        message = f"The placeholder X stands after {shown(nearest.code)}: {told}."
        return Problem("placeholder", message, meant, PRINTED, guideline("I.A.4", "Placeholder character"))
    if entry.code[at] == PLACEHOLDER:
        message = f"X does not stand for characters that the book has. {choice}"
        return Problem(
            "placeholder", message, (), FULL_NUMBER, guideline("I.B.2", "Level of Detail in Coding")
        )
    return unknown(entry, choice, nearest)


def _without_x(code: str) -> str:
    return code.replace(PLACEHOLDER, "")
