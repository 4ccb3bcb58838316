"""What a student marks in the texts of an item while sitting: kept as Response.highlights. Pure.

A place is {"document", "start", "end"} in characters of JavaScript; document -1 is the stem, the others are
the chart's, from 0 on. What is kept may have a note beside each place.
"""

from collections.abc import Sequence
from typing import Any

from quizzes.kinds import AnswerError

MOST_MARKS = 100
LONGEST_TEXT = 1_000_000  # longer than any chart: a bound for what is kept, not a check of the place
STEM = -1

Place = dict[str, int]
Kept = dict[str, Any]


def places(kept: Sequence[Kept]) -> list[Place]:
    """The places without their notes, as a page sends and gets them."""
    return [_place(*_key(one)) for one in kept]


def read_marks(sent: Any, documents: int, kept: Sequence[Kept]) -> list[Kept]:
    """What is to be kept: the first places sent, in the order of the texts, each with the note it had.

    documents: how many the item's chart has. What is more than MOST_MARKS is left out, so that no answer is
    lost for the marks beside it. Raises AnswerError.
    """
    if not isinstance(sent, list | tuple):
        raise AnswerError("marks must be a list of places")
    sent = sent[:MOST_MARKS]
    if not all(_fits(one, documents) for one in sent):
        raise AnswerError("marks must each have a document of this item, a start and an end after it")
    notes = {_key(one): one.get("note", "") for one in kept}
    return [{**_place(*key), "note": notes.get(key, "")} for key in sorted({_key(one) for one in sent})]


def _fits(one: Any, documents: int) -> bool:
    if not isinstance(one, dict) or any(type(one.get(name)) is not int for name in _place(0, 0, 0)):
        return False
    return STEM <= one["document"] < documents and 0 <= one["start"] < one["end"] <= LONGEST_TEXT


def _key(one: Kept) -> tuple[int, int, int]:
    return one["document"], one["start"], one["end"]


def _place(document: int, start: int, end: int) -> Place:
    return {"document": document, "start": start, "end": end}
