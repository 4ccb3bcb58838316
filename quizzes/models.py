"""Items and their versions, exams, attempts, responses and grades.

An attempt points to item versions, never to items, so that an edit changes no sitting. Its state is written
by quizzes.services.attempts alone; grades are added, never changed.
"""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from quizzes.domains import DOMAIN_CHOICES
from quizzes.kinds import KINDS, ItemContent, Served


def item_kinds() -> list[tuple[str, str]]:
    return [(kind.slug, kind.name) for kind in KINDS.values()]


class ItemStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    PUBLISHED = "published", "Published"
    SET_ASIDE = "set_aside", "Set aside"


class Difficulty(models.TextChoices):
    EASY = "easy", "Easy"
    MEDIUM = "medium", "Medium"
    HARD = "hard", "Hard"


SERVED_CHOICES = [
    (Served.ALONE.value, "Alone"),
    (Served.HALF.value, "Half-filled"),
    (Served.WORKED.value, "Worked example"),
]


class Item(models.Model):
    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=24, choices=item_kinds)
    domain = models.CharField(max_length=32, choices=DOMAIN_CHOICES)
    systems = ArrayField(models.CharField(max_length=16), default=list)
    difficulty = models.CharField(max_length=8, choices=Difficulty)
    status = models.CharField(max_length=12, choices=ItemStatus, default=ItemStatus.DRAFT)
    current = models.ForeignKey("ItemVersion", null=True, on_delete=models.PROTECT, related_name="+")
    # The version being written on top of the current one, until it is published; review_asked_at: its author
    # has handed it to a second person.
    draft = models.ForeignKey("ItemVersion", null=True, on_delete=models.PROTECT, related_name="+")
    review_asked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.slug


class ItemVersion(models.Model):
    """The frozen text, key and rationale of an item. Never changed once made.

    options: [{"id": "a", "text": "..."} or {"id", "code": {"system", "code"}}, each with "why", a wrong one
    perhaps with its "misconception"]; of a case its queries to the provider
    key: option ids, in their order for sequencing; for code entry [{"system", "code"}]; of a case and audit
    the contract's key (DESIGN, section 5) without the face sheet, its lines with "why", "support", "given"
    accept: [{"system", "code", "why"}], for sequencing [{"order", "why"}]
    references: [{"guideline": "I.C.9.a.2"}, {"index": "Otitis, media"}, {"code": {...}, "note": "excludes1"}]
    given: the face sheet (setting, dates, sex, age), of an audit the claim as it was coded too
    chart: [{"kind", "title", "text": Markdown}]; policy: what differs from the defaults of grading, and
    "checks", how often the rules may be asked before handing in (null: as often as one likes)
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    service_date = models.DateField()
    stem = models.TextField()
    options = models.JSONField(default=list)
    key = models.JSONField()
    accept = models.JSONField(default=list)
    rationale = models.TextField()
    references = models.JSONField(default=list)
    given = models.JSONField(default=dict)
    chart = models.JSONField(default=list)
    policy = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="quizzes_version_number_once")]

    @property
    def content(self) -> ItemContent:
        """What a kind works with; load the item beside the version."""
        return ItemContent(
            kind=self.item.kind,
            systems=tuple(self.item.systems),
            service_date=self.service_date,
            stem=self.stem,
            options=self.options,
            key=self.key,
            accept=self.accept,
            rationale=self.rationale,
            references=self.references,
            given=self.given,
            chart=self.chart,
            policy=self.policy,
        )


class ItemReview(models.Model):
    """A second person's reading of a version: coded blind first, then compared with the key, then decided.

    answer and grade ({"credit", "lines", ...}) are kept when it is coded; the outcome comes after.
    """

    class Outcome(models.TextChoices):
        APPROVED = "approved", "Approved"
        RETURNED = "returned", "Returned to the author"

    item_version = models.ForeignKey(ItemVersion, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer = models.JSONField()
    grade = models.JSONField()
    coded_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    comment = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item_version", "reviewer"], name="quizzes_review_once"),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at=None) | (~Q(outcome="") & Q(decided_at__isnull=False)),
                name="quizzes_review_decided_fields",
            ),
        ]


class ItemHold(models.Model):
    """A version that new sittings leave out: the book in force on its date does not bear out its key.

    Made and lifted by quizzes.services.holds alone. A version that fails two books has one for each.
    """

    item_version = models.ForeignKey(ItemVersion, on_delete=models.CASCADE, related_name="holds")
    system = models.CharField(max_length=16)
    release_label = models.CharField(max_length=80)
    reason = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item_version", "system"], name="quizzes_hold_once")]


class ExamMode(models.TextChoices):
    PRACTICE = "practice", "Practice"
    MOCK = "mock", "Mock exam"
    PLACEMENT = "placement", "Placement"


class Exam(models.Model):
    """A practice quiz (no clock, feedback after each item), a mock form (clock, feedback at the end), or the
    placement of new students (no clock, feedback at the end).
    """

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=120)
    mode = models.CharField(max_length=10, choices=ExamMode)
    summary = models.TextField(blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    grace_seconds = models.PositiveSmallIntegerField(default=30)
    pass_mark = models.PositiveSmallIntegerField(default=70)  # percent
    published = models.BooleanField(default=True)

    class Meta:
        ordering = ["mode", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=["practice", "placement"], minutes=None) | Q(mode="mock", minutes__gt=0),
                name="quizzes_exam_clock_fits_mode",
            ),
            models.CheckConstraint(condition=Q(pass_mark__range=(1, 100)), name="quizzes_exam_pass_mark"),
        ]

    def __str__(self) -> str:
        return self.title


class ExamSection(models.Model):
    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    domain = models.CharField(max_length=32, choices=DOMAIN_CHOICES)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["exam", "position"], name="quizzes_section_position_once")
        ]


class ExamItem(models.Model):
    section = models.ForeignKey(ExamSection, on_delete=models.CASCADE, related_name="exam_items")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="exam_items")
    position = models.PositiveSmallIntegerField()
    served = models.CharField(max_length=8, choices=SERVED_CHOICES, default=Served.ALONE.value)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["section", "position"], name="quizzes_exam_item_position_once"),
            models.UniqueConstraint(fields=["section", "item"], name="quizzes_exam_item_once"),
        ]


class AttemptState(models.TextChoices):
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed, waiting for its grade"
    GRADED = "graded", "Graded"


class CloseReason(models.TextChoices):
    HANDED_IN = "handed_in", "Handed in"
    TIME_UP = "time_up", "Time was up"


class Attempt(models.Model):
    """One sitting. All its instants are PostgreSQL's clock, not the web server's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="attempts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attempts")
    state = models.CharField(max_length=8, choices=AttemptState, default=AttemptState.OPEN)
    started_at = models.DateTimeField()
    extra_time_percent = models.PositiveSmallIntegerField(default=0)
    deadline_at = models.DateTimeField(null=True)  # what the student sees; none in practice
    grace_seconds = models.PositiveSmallIntegerField(default=30)
    finished_at = models.DateTimeField(null=True)  # the hand-in, or the deadline itself when time was up
    closed_at = models.DateTimeField(null=True)  # when the server closed it
    close_reason = models.CharField(max_length=12, choices=CloseReason, blank=True)
    graded_at = models.DateTimeField(null=True)
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True)  # percent
    passed = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "exam"], condition=Q(state="open"), name="quizzes_attempt_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state="open", finished_at=None, closed_at=None, close_reason="")
                | (
                    Q(state__in=["closed", "graded"], finished_at__isnull=False, closed_at__isnull=False)
                    & ~Q(close_reason="")
                ),
                name="quizzes_attempt_closed_fields",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="graded", graded_at__isnull=False, score__isnull=False, passed__isnull=False
                )
                | (~Q(state="graded") & Q(graded_at=None, score=None, passed=None)),
                name="quizzes_attempt_graded_fields",
            ),
            models.CheckConstraint(
                condition=Q(deadline_at=None) | Q(deadline_at__gt=F("started_at")),
                name="quizzes_attempt_deadline_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["deadline_at"], condition=Q(state="open"), name="quizzes_attempt_due"),
            models.Index(fields=["closed_at"], condition=Q(state="closed"), name="quizzes_attempt_to_grade"),
            models.Index(fields=["user", "-started_at"], name="quizzes_attempt_user"),
        ]


class Response(models.Model):
    """The kept answer to one item of an attempt. The rows are made when the attempt starts.

    answer: what the kind keeps, {"choice": "b"} or {"code": "E11.22", "system": "icd10cm"}, or null.
    revision 0 means never saved; see quizzes.services.attempts for the rule. struck: option ids struck out.
    sure: how sure the student was before the key was shown, from 1 (a guess) to 4 (certain). checks: how
    often the rules were asked about the claim. highlights: [{"document": 0, "start", "end", "note"}], offsets
    in characters of the document's text as shown.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="responses")
    position = models.PositiveSmallIntegerField()
    section = models.ForeignKey(ExamSection, on_delete=models.PROTECT, related_name="+")
    item_version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="responses")
    answer = models.JSONField(null=True)
    revision = models.PositiveIntegerField(default=0)
    flagged = models.BooleanField(default=False)
    struck = ArrayField(models.CharField(max_length=8), default=list)
    note = models.TextField(blank=True)
    saved_at = models.DateTimeField(null=True)
    revealed_at = models.DateTimeField(null=True)  # practice: the key was shown, the answer is final
    served = models.CharField(max_length=8, choices=SERVED_CHOICES, default=Served.ALONE.value)
    sure = models.PositiveSmallIntegerField(null=True)
    checks = models.PositiveSmallIntegerField(default=0)
    highlights = models.JSONField(default=list)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="quizzes_response_position_once"),
            models.CheckConstraint(
                condition=Q(revision=0, saved_at=None) | Q(revision__gt=0, saved_at__isnull=False),
                name="quizzes_response_saved_fields",
            ),
            models.CheckConstraint(
                condition=Q(sure=None) | Q(sure__range=(1, 4)), name="quizzes_response_sure"
            ),
        ]


class LateAnswer(models.Model):
    """An answer that arrived after closing: kept as late, never graded, shown to student and instructor."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="late_answers")
    answer = models.JSONField(null=True)
    revision = models.PositiveIntegerField()
    received_at = models.DateTimeField()


class GradingRun(models.Model):
    """Grading again with another version's key: looked at first, then applied with its reason, or left.

    moves, as previewed: [{"response", "attempt", "user", "before", "after", "score_before", "score_after",
    "passed_before", "passed_after"}] for each response whose credit changes; credits in [0, 1], scores in
    percent.
    """

    item_version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="grading_runs")
    reason = models.TextField()
    moves = models.JSONField(default=list)
    responses = models.PositiveIntegerField(default=0)  # how many were graded again
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_at=None, applied_by=None)
                | Q(applied_at__isnull=False, applied_by__isnull=False),
                name="quizzes_run_applied_fields",
            )
        ]


class Grade(models.Model):
    """What the grader said of one response; a regrade adds a row, the newest counts.

    scores, lines, findings and alternative as in the contract's grade; releases: {"icd10cm": "April 2026"}.
    run: the grading run that made the row, none for the first grade.
    """

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="grades")
    item_version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+")
    credit = models.DecimalField(max_digits=5, decimal_places=4)
    scores = models.JSONField(default=dict)
    alternative = models.PositiveSmallIntegerField(null=True)
    lines = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    releases = models.JSONField(default=dict)
    run = models.ForeignKey(GradingRun, null=True, on_delete=models.PROTECT, related_name="grades")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(credit__range=(0, 1)), name="quizzes_grade_credit_range"),
        ]
