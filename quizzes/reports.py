"""The numbers and the words of a report, once the attempt's rules release them.

A mock exam releases everything when it is graded; practice releases an item when its key was shown, and the
rest when it is graded. Nothing here computes a grade: it reads the newest one of each response.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from quizzes.errors import NotReleased
from quizzes.intervals import wilson
from quizzes.kinds import KINDS, Answer, ItemContent, option_text
from quizzes.models import Attempt, AttemptState, Grade, LateAnswer, Response


@dataclass(frozen=True)
class OptionFeedback:
    """code: {"system", "code"} where the option is one, else None."""

    id: str
    text: str
    code: dict[str, str] | None
    why: str
    is_key: bool
    chosen: bool


@dataclass(frozen=True)
class LateAnswerRow:
    answer: Answer | None
    answer_text: str
    received_at: datetime


@dataclass(frozen=True)
class ItemFeedback:
    """One item with its key. credit in [0, 1]; lines and findings as quizzes.grading gave them, as JSON."""

    position: int
    section: str
    domain: str
    kind: str
    service_date: date
    stem: str
    options: list[OptionFeedback]
    answer: Answer | None
    answer_text: str
    key: list
    key_text: str
    accept: list[dict]
    rationale: str
    references: list[dict]
    credit: Decimal
    lines: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    releases: dict[str, str]
    flagged: bool
    struck: list[str]
    note: str
    saved_at: datetime | None
    revealed_at: datetime | None
    late_answers: list[LateAnswerRow]

    @property
    def right(self) -> bool:
        return self.credit == 1

    @property
    def verdicts(self) -> list[str]:
        return [verdict for line in self.lines for verdict in line["verdicts"]]

    @property
    def whys(self) -> list[str]:
        """What the grader said of the answer, a sentence each; what the item says is in its options."""
        return [line["why"] for line in self.lines if line["why"]]


@dataclass(frozen=True)
class SectionResult:
    """share, low and high in [0, 1]: share of the credit, with its 90% Wilson interval."""

    title: str
    domain: str
    items: int
    right: int
    credit: Decimal
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Report:
    """score and pass_mark in percent; needed: right items that reach it; share, low, high as in a section."""

    score: Decimal
    passed: bool
    pass_mark: int
    needed: int
    total: int
    right: int
    answered: int
    share: float
    low: float
    high: float
    time: timedelta
    time_allowed: timedelta | None
    close_reason: str
    late: int
    sections: list[SectionResult]
    items: list[ItemFeedback]


def report(attempt: Attempt) -> Report:
    """Everything about a graded attempt, three queries. Raises NotReleased for one that is not graded."""
    if attempt.score is None or attempt.passed is None or attempt.finished_at is None:
        raise NotReleased("The report is there as soon as the attempt is graded.")
    items = _feedback(_responses(attempt))
    credit = sum((item.credit for item in items), Decimal())
    low, high = wilson(float(credit), len(items))
    return Report(
        score=attempt.score,
        passed=attempt.passed,
        pass_mark=attempt.exam.pass_mark,
        needed=ceil(attempt.exam.pass_mark * len(items) / 100),
        total=len(items),
        right=sum(item.right for item in items),
        answered=sum(item.answer is not None for item in items),
        share=float(credit / len(items)),
        low=low,
        high=high,
        time=attempt.finished_at - attempt.started_at,
        time_allowed=attempt.deadline_at - attempt.started_at if attempt.deadline_at else None,
        close_reason=attempt.close_reason,
        late=sum(len(item.late_answers) for item in items),
        sections=_sections(items),
        items=items,
    )


def feedback(attempt: Attempt, position: int) -> ItemFeedback:
    """One item with its key. Raises NotReleased until its key was shown or the attempt is graded."""
    rows = [row for row in _responses(attempt).filter(position=position) if _released(attempt, row)]
    if not rows:
        raise NotReleased("The key is shown once the answer is checked.")
    return _feedback(rows)[0]


def revealed(attempt: Attempt) -> dict[int, ItemFeedback]:
    """By position, every item of a practice attempt whose key may be shown."""
    rows = [row for row in _responses(attempt) if _released(attempt, row)]
    return {item.position: item for item in _feedback(rows)}


def _released(attempt: Attempt, row: Response) -> bool:
    return row.revealed_at is not None or attempt.state == AttemptState.GRADED


def _responses(attempt: Attempt):
    return attempt.responses.select_related("item_version__item", "section").order_by("position")


def _feedback(rows: Iterable[Response]) -> list[ItemFeedback]:
    rows = list(rows)
    grades = {
        grade.response_id: grade
        for grade in Grade.objects.filter(response__in=rows)
        .order_by("response_id", "-id")
        .distinct("response_id")
    }
    late: dict[int, list[LateAnswer]] = {}
    for answer in LateAnswer.objects.filter(response__in=rows).order_by("received_at"):
        late.setdefault(answer.response_id, []).append(answer)
    return [_item(row, grades[row.pk], late.get(row.pk, [])) for row in rows]


def _item(row: Response, grade: Grade, late: list[LateAnswer]) -> ItemFeedback:
    content = row.item_version.content
    kind = KINDS[content.kind]
    return ItemFeedback(
        position=row.position,
        section=row.section.title,
        domain=row.section.domain,
        kind=content.kind,
        service_date=content.service_date,
        stem=content.stem,
        options=_options(content, row.answer),
        answer=row.answer,
        answer_text=kind.answer_text(content, row.answer),
        key=content.key,
        key_text=kind.answer_text(content, kind.key_answer(content)),
        accept=content.accept,
        rationale=content.rationale,
        references=content.references,
        credit=grade.credit,
        lines=grade.lines,
        findings=grade.findings,
        releases=grade.releases,
        flagged=row.flagged,
        struck=row.struck,
        note=row.note,
        saved_at=row.saved_at,
        revealed_at=row.revealed_at,
        late_answers=[
            LateAnswerRow(one.answer, kind.answer_text(content, one.answer), one.received_at) for one in late
        ],
    )


def _options(content: ItemContent, answer: Answer | None) -> list[OptionFeedback]:
    chosen = KINDS[content.kind].chosen(answer)
    return [
        OptionFeedback(
            id=option["id"],
            text=option_text(option),
            code=option.get("code"),
            why=option["why"],
            is_key=option["id"] in content.key,
            chosen=option["id"] in chosen,
        )
        for option in content.options
    ]


def _sections(items: list[ItemFeedback]) -> list[SectionResult]:
    """In the order of the exam."""
    groups: dict[tuple[str, str], list[ItemFeedback]] = {}
    for item in items:
        groups.setdefault((item.section, item.domain), []).append(item)
    results = []
    for (title, domain), group in groups.items():
        credit = sum((item.credit for item in group), Decimal())
        low, high = wilson(float(credit), len(group))
        right = sum(item.right for item in group)
        share = float(credit / len(group))
        results.append(SectionResult(title, domain, len(group), right, credit, share, low, high))
    return results
