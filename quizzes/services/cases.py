"""What a student does beside a claim before handing it in: asking the rules of the books, marking the chart.

Neither touches the answer. The rules are asked about the claim and the face sheet alone; the key stays out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.html import strip_tags

from accounts.models import User
from codesets import refs
from codesets.checking import check_claim as ask_the_rules
from codesets.licensing import readable_systems
from quizzes import selectors
from quizzes.errors import AttemptNotFound, AttemptOver, CheckRefused, HighlightRefused
from quizzes.grading.claims import claim_of, read_answer
from quizzes.kinds import KINDS, Served
from quizzes.models import Attempt, AttemptState, ExamMode, Response
from quizzes.services.attempts import NO_TEXT

MOST_HIGHLIGHTS = 200
LONGEST_NOTE = 1000

Highlight = dict[str, Any]


@dataclass(frozen=True)
class Checked:
    """findings and releases as codesets.checking gives them. on: the day that chooses the books.

    left: checks that remain, None without limit.
    """

    on: date
    findings: list[dict[str, Any]]
    releases: dict[str, str]
    checked_at: datetime
    left: int | None


@transaction.atomic
def check_claim(*, attempt_id: UUID, position: int, answer: Any, by: User) -> Checked:
    """What the books' rules say of a claim as it stands, and one check less where they are rationed.

    answer is JSON as the page sent it; nothing of it is kept. Raises AttemptNotFound, AttemptOver,
    CheckRefused, AnswerError.
    """
    response = _lock(attempt_id, position, by)
    _guard_check(response.attempt)
    content = response.item_version.content
    if response.served == Served.WORKED:
        raise CheckRefused("A worked example is there to be read.")
    parsed = KINDS[content.kind].parse_answer(answer, options=content.options, systems=content.systems)
    if parsed is None or not any(parsed["claim"].values()):
        raise CheckRefused("There is no code in the claim yet.")
    most = content.policy.get("checks")
    if most is not None and response.checks >= most:
        raise CheckRefused("No check is left." if most else "This case is coded without the check.")
    claim = claim_of(content.given, read_answer(parsed["claim"]))
    said = ask_the_rules(claim, readable_systems(by))
    response.checks += 1
    response.save(update_fields=["checks"])
    left = None if most is None else most - response.checks
    return Checked(claim.on, said["findings"], said["releases"], selectors.clock(), left)


@transaction.atomic
def save_highlight(
    *, attempt_id: UUID, position: int, document: int, start: int, end: int, note: str, by: User
) -> list[Highlight]:
    """Marks characters start to end of a document, and gives all marks in the order of the chart.

    Marks of one place that touch become one, with the notes of all; the same place again changes its note.
    Raises AttemptNotFound, AttemptOver, HighlightRefused.
    """
    response = _lock(attempt_id, position, by)
    _check_place(document, start, end, chart=response.item_version.chart)
    if not isinstance(note, str) or len(note) > LONGEST_NOTE:
        raise HighlightRefused(f"A note has at most {LONGEST_NOTE} characters.")
    if NO_TEXT.search(note):
        raise HighlightRefused("The note has a character that cannot be kept.")
    wanted = {"document": document, "start": start, "end": end, "note": note.strip()}
    kept = _with(response.highlights, wanted)
    if len(kept) > MOST_HIGHLIGHTS:
        raise HighlightRefused(f"A chart takes at most {MOST_HIGHLIGHTS} highlights.")
    return _keep(response, kept)


@transaction.atomic
def remove_highlight(
    *, attempt_id: UUID, position: int, document: int, start: int, end: int, by: User
) -> list[Highlight]:
    """Takes the mark of exactly this place away; gives those that stay. Raises as save_highlight."""
    response = _lock(attempt_id, position, by)
    place = (document, start, end)
    return _keep(response, [one for one in response.highlights if _place(one) != place])


def _lock(attempt_id: UUID, position: int, by: User) -> Response:
    """The response of an open case under its lock.

    Only the response is locked: a check or a mark that passes a closing attempt does no harm to it.
    """
    response = (
        Response.objects.select_for_update(of=("self",), no_key=True)
        .select_related("attempt__exam", "item_version__item")
        .filter(attempt_id=attempt_id, attempt__user=by, position=position)
        .first()
    )
    if response is None or not KINDS[response.item_version.item.kind].has_chart:
        raise AttemptNotFound
    if response.attempt.state != AttemptState.OPEN or response.revealed_at is not None:
        raise AttemptOver("This case is handed in.")
    return response


def _guard_check(attempt: Attempt) -> None:
    """An open attempt may be past its time before it is closed."""
    if attempt.exam.mode != ExamMode.PRACTICE:
        raise CheckRefused("The rules are asked in practice alone.")
    if attempt.deadline_at is not None and selectors.clock() > attempt.deadline_at:
        raise AttemptOver("The time is up.")


def _check_place(document: Any, start: Any, end: Any, *, chart: Sequence[Mapping[str, str]]) -> None:
    if any(type(one) is not int for one in (document, start, end)):
        raise HighlightRefused("A highlight has a document, a start and an end, all whole numbers.")
    if not 0 <= document < len(chart) or not 0 <= start < end <= _length(chart[document]):
        raise HighlightRefused("The chart has no such place.")


def _length(document: Mapping[str, str]) -> int:
    """Of its text as the page shows it, in the characters of JavaScript."""
    shown = unescape(strip_tags(refs.render(document["text"], lambda pairs: {}).html))
    return len(shown.encode("utf-16-le")) // 2


def _with(standing: Sequence[Highlight], wanted: Highlight) -> list[Highlight]:
    """The marks with one more, which takes in those that it touches."""
    touched = [one for one in standing if _touch(one, wanted)]
    if [_place(one) for one in touched] == [_place(wanted)]:
        merged = wanted
    else:
        notes = [one["note"] for one in [*touched, wanted] if one["note"]]
        merged = {
            **wanted,
            "start": min(one["start"] for one in [*touched, wanted]),
            "end": max(one["end"] for one in [*touched, wanted]),
            "note": "\n".join(dict.fromkeys(notes))[:LONGEST_NOTE],
        }
    return sorted([*(one for one in standing if one not in touched), merged], key=_place)


def _touch(one: Highlight, other: Highlight) -> bool:
    return (
        one["document"] == other["document"] and one["start"] < other["end"] and other["start"] < one["end"]
    )


def _place(one: Highlight) -> tuple[int, int, int]:
    return one["document"], one["start"], one["end"]


def _keep(response: Response, highlights: list[Highlight]) -> list[Highlight]:
    response.highlights = highlights
    response.save(update_fields=["highlights"])
    return highlights
