"""An item that nobody is given yet, as its author or reviewer looks at it: as a student will, and graded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from quizzes import reports
from quizzes.checks import ItemFinding, check_specs
from quizzes.domains import DOMAINS
from quizzes.grading.values import Verdict
from quizzes.kinds import KINDS, Answer, ItemContent
from quizzes.models import AttemptState, ExamMode, ItemVersion
from quizzes.packs import ItemSpec, item_problems
from quizzes.selectors import Sitting, SittingItem
from quizzes.trial import Tried, try_answers, try_item
from quizzes.verdict_words import VERDICT_WORDS
from quizzes.views.cases import with_claim
from quizzes.views.charts import ShownDocument, show_chart
from quizzes.views.claims import Face, show_face
from quizzes.views.graded import GradedItem, grade_items
from quizzes.views.shown import ShownItem, show_items


@dataclass(frozen=True)
class ShownContent:
    """What a student meets: the item with its controls, of a case the chart and the face sheet too."""

    item: ShownItem
    chart: list[ShownDocument]
    face: Face | None


@dataclass(frozen=True)
class ShownTrial:
    """One answer in the table of verdicts. credit: "100%", or both where practice and exam differ."""

    name: str
    words: str
    credit: str
    verdicts: str
    whys: list[str]
    full: bool
    as_meant: bool


@dataclass(frozen=True)
class Preview:
    """What the author's page shows beside the form.

    findings: what the checks say. shown and trials: None and empty until the item can be read as one.
    own: the author's trial answer. graded: an item after its answer, the trial's or the key's.
    """

    findings: list[ItemFinding]
    shown: ShownContent | None
    trials: list[ShownTrial]
    own: ShownTrial | None
    graded: GradedItem | None

    @property
    def errors(self) -> int:
        return sum(finding.level == "error" for finding in self.findings)


def preview(spec: ItemSpec, version: ItemVersion, answer: Answer | None = None) -> Preview:
    """`version` holds the same content, stored or not, with its item; `answer`: one that the author tries."""
    findings = check_specs([spec])
    if item_problems(spec):
        return Preview(findings, None, [], None, None)
    content = spec.content
    tried = try_item(content)
    own = try_answers(content, [("Your trial", answer, None)])[0] if answer else None
    shown = own or tried[0]
    feedback = reports.feedback_on(version, shown.answer, shown.exam)
    return Preview(
        findings=findings,
        shown=show_content(content, answer),
        trials=[show_trial(one) for one in tried],
        own=show_trial(own) if own else None,
        graded=grade_items([feedback])[0],
    )


def show_graded(version: ItemVersion, answer: Answer, grade: Mapping[str, Any]) -> GradedItem:
    return grade_items([reports.feedback_on(version, answer, grade)])[0]


def show_content(content: ItemContent, answer: Answer | None = None) -> ShownContent:
    """Needs content that passes item_problems."""
    sat = _sitting_item(content, answer)
    item = show_items(_sitting(sat))[0]
    if not KINDS[content.kind].has_chart:
        return ShownContent(item, [], None)
    return ShownContent(with_claim(item, sat), show_chart(content.chart), show_face(content.given))


def show_trial(tried: Tried) -> ShownTrial:
    practice, exam = tried.practice["credit"], tried.exam["credit"]
    lines = tried.exam["lines"]
    return ShownTrial(
        name=tried.name,
        words=tried.words or "No answer",
        credit=_percent(exam)
        if practice == exam
        else f"{_percent(practice)} in practice, {_percent(exam)} in an exam",
        verdicts=verdict_names(lines),
        whys=list(dict.fromkeys(line["why"] for line in lines if line["why"] and not _is_right(line))),
        full=tried.full,
        as_meant=tried.as_meant,
    )


def verdict_names(lines: Iterable[Mapping[str, Any]]) -> str:
    """The verdicts of a grade's lines in words, each once, the right ones only where nothing else is said."""
    said = dict.fromkeys(Verdict(name) for line in lines for name in line["verdicts"])
    wrong = [verdict for verdict in said if verdict != Verdict.CORRECT]
    return ", ".join(VERDICT_WORDS[verdict].name for verdict in wrong or said)


def _is_right(line: Mapping[str, Any]) -> bool:
    return list(line["verdicts"]) == [Verdict.CORRECT]


def _percent(credit: float) -> str:
    return f"{credit * 100:.0f}%" if credit * 100 == int(credit * 100) else f"{credit * 100:.1f}%"


def _sitting_item(content: ItemContent, answer: Answer | None) -> SittingItem:
    return SittingItem(
        position=1,
        section="",
        domain=next(iter(DOMAINS)),
        kind=content.kind,
        service_date=content.service_date,
        systems=list(content.systems),
        stem=content.stem,
        shown=KINDS[content.kind].visible(content),
        answer=answer,
        revision=0,
        flagged=False,
        struck=[],
        note="",
        saved_at=None,
        revealed_at=None,
        sure=None,
        checks=0,
        highlights=[],
    )


def _sitting(item: SittingItem) -> Sitting:
    now = timezone.now()
    return Sitting(
        attempt_id=UUID(int=0),
        exam_slug="",
        exam_title="",
        mode=ExamMode.PRACTICE,
        state=AttemptState.OPEN,
        started_at=now,
        deadline_at=None,
        server_now=now,
        remaining_seconds=None,
        items=[item],
    )
