"""The numbers and the words of a report, once the attempt's rules release them.

A mock exam releases everything when it is graded; practice releases an item when its key was shown, and the
rest when it is graded. Nothing here computes a grade: it reads the newest one of each response. A worked
example has no grade, and is no part of a report.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from quizzes.calibration import Calibration, calibrate
from quizzes.errors import NotReleased
from quizzes.intervals import wilson
from quizzes.kinds import KINDS, Answer, ItemContent, Served, option_text
from quizzes.models import Attempt, AttemptState, ExamSection, Grade, ItemVersion, LateAnswer, Response

SCORES = ("code", "coder_to_key", "record", "weighted")


@dataclass(frozen=True)
class OptionFeedback:
    """code: {"system", "code"} where the option is one, else None. misconception: what choosing it shows."""

    id: str
    text: str
    code: dict[str, str] | None
    why: str
    is_key: bool
    chosen: bool
    misconception: str = ""


@dataclass(frozen=True)
class LateAnswerRow:
    answer: Answer | None
    answer_text: str
    received_at: datetime


@dataclass(frozen=True)
class EarlierGrade:
    """A grade that a later one took the place of. credit in [0, 1]."""

    credit: Decimal
    graded_at: datetime


@dataclass(frozen=True)
class Regrade:
    """That the newest grade comes of a grading run: when, why, and what stood before, the newest first."""

    graded_at: datetime
    reason: str
    earlier: list[EarlierGrade]


@dataclass(frozen=True)
class ItemFeedback:
    """One item with its key. credit in [0, 1]; lines and findings as quizzes.grading gave them, as JSON.

    stem and chart are those that were answered; key and reasons those that the newest grade rests on. given:
    the face sheet of a case. sure: 1 (a guess) to 4 (certain), None where nobody was asked.
    """

    position: int
    section: str
    domain: str
    kind: str
    service_date: date
    stem: str
    options: list[OptionFeedback]
    answer: Answer | None
    answer_text: str
    key: Any
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
    scores: dict[str, float] = field(default_factory=dict)
    alternative: int | None = None
    given: dict[str, Any] = field(default_factory=dict)
    chart: list[dict[str, str]] = field(default_factory=list)
    policy: dict[str, Any] = field(default_factory=dict)
    served: str = Served.ALONE
    sure: int | None = None
    regrade: Regrade | None = None

    @property
    def right(self) -> bool:
        return self.credit >= KINDS[self.kind].right_from

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
    """score and pass_mark in percent; needed: right items that reach it; share, low, high as in a section.

    claims: how many items are claims; claim_scores: their scores, averaged; empty where there are none.
    """

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
    claims: int
    claim_scores: dict[str, float]
    calibration: Calibration


def report(attempt: Attempt) -> Report:
    """Everything about a graded attempt, three queries. Raises NotReleased for one that is not graded."""
    if attempt.score is None or attempt.passed is None or attempt.finished_at is None:
        raise NotReleased("The report is there as soon as the attempt is graded.")
    items = _feedback(_responses(attempt))
    claims = [item for item in items if KINDS[item.kind].has_chart]
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
        share=float(credit / len(items)) if items else 1.0,
        low=low,
        high=high,
        time=attempt.finished_at - attempt.started_at,
        time_allowed=attempt.deadline_at - attempt.started_at if attempt.deadline_at else None,
        close_reason=attempt.close_reason,
        late=sum(len(item.late_answers) for item in items),
        sections=_sections(items),
        items=items,
        claims=len(claims),
        claim_scores=_averages(claims),
        calibration=_calibration(items),
    )


def _averages(claims: list[ItemFeedback]) -> dict[str, float]:
    if not claims:
        return {}
    return {name: sum(item.scores[name] for item in claims) / len(claims) for name in SCORES}


def _calibration(items: Iterable[ItemFeedback]) -> Calibration:
    counted: dict[int, tuple[int, int]] = {}
    for item in items:
        if item.sure is not None:
            answers, right = counted.get(item.sure, (0, 0))
            counted[item.sure] = (answers + 1, right + item.right)
    return calibrate(counted)


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
    asked = attempt.responses.exclude(served=Served.WORKED)
    return asked.select_related("item_version__item", "section").order_by("position")


def _feedback(rows: Iterable[Response]) -> list[ItemFeedback]:
    """Three queries, and one more where something was graded again."""
    rows = list(rows)
    grades: dict[int, list[Grade]] = {}
    for grade in Grade.objects.filter(response__in=rows).select_related("run").order_by("-id"):
        grades.setdefault(grade.response_id, []).append(grade)
    late: dict[int, list[LateAnswer]] = {}
    for answer in LateAnswer.objects.filter(response__in=rows).order_by("received_at"):
        late.setdefault(answer.response_id, []).append(answer)
    versions = {row.item_version_id: row.item_version for row in rows}
    others = {each[0].item_version_id for each in grades.values()} - versions.keys()
    if others:
        versions |= ItemVersion.objects.select_related("item").in_bulk(others)
    return [_item(row, grades[row.pk], late.get(row.pk, []), versions) for row in rows]


def _item(
    row: Response, grades: list[Grade], late: list[LateAnswer], versions: Mapping[int, ItemVersion]
) -> ItemFeedback:
    """grades: all of the response, the newest first."""
    newest = grades[0]
    content = versions[newest.item_version_id].content
    kind = KINDS[content.kind]
    return ItemFeedback(
        position=row.position,
        section=row.section.title,
        domain=row.section.domain,
        kind=content.kind,
        service_date=content.service_date,
        stem=row.item_version.stem,
        options=_options(content, row.answer),
        answer=row.answer,
        answer_text=kind.answer_text(content, row.answer),
        key=content.key,
        key_text=kind.answer_text(content, kind.key_answer(content)),
        accept=content.accept,
        rationale=content.rationale,
        references=content.references,
        credit=newest.credit,
        lines=newest.lines,
        findings=newest.findings,
        releases=newest.releases,
        flagged=row.flagged,
        struck=row.struck,
        note=row.note,
        saved_at=row.saved_at,
        revealed_at=row.revealed_at,
        late_answers=[
            LateAnswerRow(one.answer, kind.answer_text(content, one.answer), one.received_at) for one in late
        ],
        scores=newest.scores,
        alternative=newest.alternative,
        given=content.given,
        chart=row.item_version.chart,
        policy=content.policy,
        served=row.served,
        sure=row.sure,
        regrade=_regrade(grades),
    )


def feedback_on(version: ItemVersion, answer: Answer | None, grade: Mapping[str, Any]) -> ItemFeedback:
    """An answer of an author or a reviewer, which belongs to no attempt; grade as the contract has it."""
    section = ExamSection(title="", domain=version.item.domain)
    row = Response(position=1, section=section, item_version=version, answer=answer)
    kept = {name: grade[name] for name in ("scores", "alternative", "lines", "findings", "releases")}
    given = Grade(response=row, item_version=version, credit=Decimal(str(grade["credit"])), **kept)
    return _item(row, [given], [], {version.pk: version})


def _regrade(grades: list[Grade]) -> Regrade | None:
    if grades[0].run is None:
        return None
    earlier = [EarlierGrade(grade.credit, grade.created_at) for grade in grades[1:]]
    return Regrade(grades[0].created_at, grades[0].run.reason, earlier)


def _options(content: ItemContent, answer: Answer | None) -> list[OptionFeedback]:
    kind = KINDS[content.kind]
    chosen, keyed = kind.chosen(answer), kind.chosen(kind.key_answer(content))
    return [
        OptionFeedback(
            id=option["id"],
            text=option_text(option),
            code=option.get("code"),
            why=option["why"],
            is_key=option["id"] in keyed,
            chosen=option["id"] in chosen,
            misconception=option.get("misconception", ""),
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
