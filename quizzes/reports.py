"""The numbers and the words of a report, once the attempt's rules release them.

quizzes.releases says what a graded attempt shows; practice releases an item when its key was shown too. The
grade of a response is the newest one that is kept; only answers that gave way to others are graded here, to
say what became of the change. A worked example has no grade, and is no part of a report. An item that is
only tried out has one, and is counted nowhere but in the time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from codesets.rules.facts import Facts
from quizzes.calibration import Calibration, calibrate
from quizzes.errors import NotReleased
from quizzes.grading.values import EXAM
from quizzes.intervals import wilson
from quizzes.kinds import KINDS, Answer, ItemContent, Served, option_text
from quizzes.models import (
    AnswerChange,
    Attempt,
    AttemptState,
    ExamMode,
    ExamSection,
    Grade,
    ItemVersion,
    LateAnswer,
    Response,
)
from quizzes.releases import Shown, shown

BY_CHOICE = frozenset({"single_best", "multiple_response"})  # kinds whose answers are whole at once
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
class FirstAnswer:
    """The first whole answer, where another one took its place. right: by the grader of the kind."""

    answer: Answer
    answer_text: str
    right: bool


@dataclass(frozen=True)
class ItemFeedback:
    """One item with its key. credit in [0, 1]; lines and findings as quizzes.grading gave them, as JSON.

    stem and chart are those that were answered; key and reasons those that the newest grade rests on. given:
    the face sheet of a case. sure: 1 (a guess) to 4 (certain), None where nobody was asked. seconds: on the
    student's screen, 0 where that was not measured. scored: false for an item that is only tried out.
    version_id: of the version that key and reasons are from; None of one that is not kept.
    """

    position: int
    section: str
    domain: str
    kind: str
    systems: tuple[str, ...]
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
    seconds: int = 0
    scored: bool = True
    first: FirstAnswer | None = None
    version_id: int | None = None

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
    """share, low and high in [0, 1]: share of the credit, with its 90% Wilson interval.

    items: those that count. seconds: on the screen, over all its items; measured: how many of them have any.
    """

    title: str
    domain: str
    items: int
    right: int
    credit: Decimal
    share: float
    low: float
    high: float
    seconds: int
    measured: int


@dataclass(frozen=True)
class Report:
    """score and pass_mark in percent; needed: right items that reach it, None where part credit was given.

    share, low, high: as in a section. total and right: of the items that count; asked and answered: of all,
    those too that are only tried out. together: parts of the exam that several sections make up. What tells
    of single items is empty unless shown is ALL: items, late, claims (how many items are claims),
    claim_scores (their scores, averaged), calibration.
    """

    shown: Shown
    score: Decimal
    passed: bool
    pass_mark: int
    needed: int | None
    total: int
    right: int
    asked: int
    answered: int
    share: float
    low: float
    high: float
    time: timedelta
    time_allowed: timedelta | None
    close_reason: str
    sections: list[SectionResult]
    together: list[SectionResult]
    items: list[ItemFeedback] = field(default_factory=list)
    late: int = 0
    claims: int = 0
    claim_scores: dict[str, float] = field(default_factory=dict)
    calibration: Calibration = field(default_factory=lambda: calibrate({}))

    @property
    def weakest_first(self) -> list[SectionResult]:
        return sorted(self.sections, key=lambda section: section.share)

    @property
    def missed_domains(self) -> list[str]:
        """Of sections where credit was lost, the weakest first."""
        return list(dict.fromkeys(one.domain for one in self.weakest_first if one.share < 1))

    @property
    def tried(self) -> int:
        """How many items did not count."""
        return self.asked - self.total


def report(attempt: Attempt, seen: Shown | None = None) -> Report:
    """Everything about a graded attempt, in four queries.

    seen: what the reader may see; without it, what the exam's policy shows to the student. Raises NotReleased
    for an attempt that is not graded, and where nothing but the receipt may be seen.
    """
    seen = shown(attempt.exam) if seen is None else seen
    if attempt.score is None or attempt.passed is None or attempt.finished_at is None:
        raise NotReleased("The report is there as soon as the attempt is graded.")
    if seen == Shown.RECEIPT:
        raise NotReleased("The report of this exam is not released yet.")
    items = _feedback(list(_responses(attempt)), _replaced_answers(attempt))
    counted = [item for item in items if item.scored]
    credit = sum((item.credit for item in counted), Decimal())
    low, high = wilson(float(credit), len(counted))
    return Report(
        shown=seen,
        score=attempt.score,
        passed=attempt.passed,
        pass_mark=attempt.mark_to_pass,
        needed=None
        if any(0 < item.credit < 1 for item in counted)
        else ceil(attempt.mark_to_pass * len(counted) / 100),
        total=len(counted),
        right=sum(item.right for item in counted),
        asked=len(items),
        answered=sum(item.answer is not None for item in items),
        share=float(credit / len(counted)) if counted else 1.0,
        low=low,
        high=high,
        time=attempt.finished_at - attempt.started_at,
        time_allowed=_time_allowed(attempt),
        close_reason=attempt.close_reason,
        sections=_sections(items),
        together=_together(items),
        **(_of_items(items) if seen == Shown.ALL else {}),
    )


def _time_allowed(attempt: Attempt) -> timedelta | None:
    """With extra time; None without a clock, whose deadline is the end of the exam's window."""
    if attempt.clock_minutes is None or attempt.deadline_at is None:
        return None
    return attempt.deadline_at - attempt.started_at


def _of_items(items: list[ItemFeedback]) -> dict[str, Any]:
    """The fields of a report that tell of single items."""
    counted = [item for item in items if item.scored]
    claims = [item for item in counted if KINDS[item.kind].has_chart]
    return {
        "items": items,
        "late": sum(len(item.late_answers) for item in items),
        "claims": len(claims),
        "claim_scores": _averages(claims),
        "calibration": _calibration(counted),
    }


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


def revealed(attempt: Attempt) -> dict[int, ItemFeedback]:
    """By position, every item of a practice attempt whose key may be shown."""
    rows = [row for row in _responses(attempt) if _released(attempt, row)]
    return {item.position: item for item in _feedback(rows)}


def _released(attempt: Attempt, row: Response) -> bool:
    if row.revealed_at is not None:
        return True
    return attempt.state == AttemptState.GRADED and shown(attempt.exam) == Shown.ALL


def _responses(attempt: Attempt):
    asked = attempt.responses.exclude(served=Served.WORKED)
    if attempt.exam.mode != ExamMode.MOCK:  # there, what does not count has a key that a mock exam keeps
        asked = asked.filter(scored=True)
    return asked.select_related("item_version__item", "section").order_by("position")


def _replaced_answers(attempt: Attempt) -> dict[int, list[Answer]]:
    """By response, the answers that gave way to others, the first one first."""
    found: dict[int, list[Answer]] = {}
    changes = AnswerChange.objects.filter(response__attempt=attempt).order_by("id")
    for response_id, answer in changes.values_list("response_id", "answer"):
        found.setdefault(response_id, []).append(answer)
    return found


def _feedback(
    rows: Iterable[Response], replaced: Mapping[int, list[Answer]] | None = None
) -> list[ItemFeedback]:
    """Three queries, and one more where something was graded again."""
    rows, replaced = list(rows), replaced or {}
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
    return [
        _item(row, grades[row.pk], late.get(row.pk, []), versions, replaced.get(row.pk, ())) for row in rows
    ]


def _item(
    row: Response,
    grades: list[Grade],
    late: list[LateAnswer],
    versions: Mapping[int, ItemVersion],
    replaced: Sequence[Answer] = (),
) -> ItemFeedback:
    """grades: all of the response, the newest first. replaced: the answers before the kept one."""
    newest = grades[0]
    content = versions[newest.item_version_id].content
    kind = KINDS[content.kind]
    return ItemFeedback(
        position=row.position,
        section=row.section.title,
        domain=row.section.domain,
        kind=content.kind,
        systems=tuple(content.systems),
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
        seconds=row.seconds,
        scored=row.scored,
        first=_first_answer(content, row.answer, replaced),
        version_id=newest.item_version_id,
    )


def _first_answer(
    content: ItemContent, last: Answer | None, replaced: Sequence[Answer]
) -> FirstAnswer | None:
    """None where the answer was not changed, or is of a kind whose answers grow as they are written.

    A choice that was not whole yet, one of "choose two", is no answer that was changed.
    """
    kind = KINDS[content.kind]
    if content.kind not in BY_CHOICE or not replaced:
        return None
    seen = kind.visible(content)
    first = next((answer for answer in replaced if not kind.unfinished(seen, answer)), None)
    if first is None or first == last:
        return None
    credit = kind.grade(content, first, Facts(), EXAM).credit
    return FirstAnswer(first, kind.answer_text(content, first), credit >= kind.right_from)


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
    return [
        _section(title, domain, group)
        for (title, domain), group in groups.items()
        if any(item.scored for item in group)
    ]


def _together(items: list[ItemFeedback]) -> list[SectionResult]:
    """Of sections whose titles start alike, as "Surgery: eye" and "Surgery: skin", the sum of them: a real
    report speaks of such a part as one.
    """
    parts: dict[str, list[ItemFeedback]] = {}
    for item in items:
        parts.setdefault(item.section.partition(":")[0], []).append(item)
    return [
        _section(f"{title}, together", group[0].domain, group)
        for title, group in parts.items()
        if len({item.section for item in group if item.scored}) > 1
    ]


def _section(title: str, domain: str, group: list[ItemFeedback]) -> SectionResult:
    counted = [item for item in group if item.scored]
    credit = sum((item.credit for item in counted), Decimal())
    low, high = wilson(float(credit), len(counted))
    return SectionResult(
        title=title,
        domain=domain,
        items=len(counted),
        right=sum(item.right for item in counted),
        credit=credit,
        share=float(credit / len(counted)),
        low=low,
        high=high,
        seconds=sum(item.seconds for item in group),
        measured=sum(item.seconds > 0 for item in group),
    )
