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
from quizzes.kinds import ItemContent


class ItemKind(models.TextChoices):
    SINGLE_BEST = "single_best", "Single best answer"
    MULTIPLE_RESPONSE = "multiple_response", "Multiple response"
    CODE_ENTRY = "code_entry", "Code entry"


class ItemStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    PUBLISHED = "published", "Published"
    SET_ASIDE = "set_aside", "Set aside"


class Difficulty(models.TextChoices):
    EASY = "easy", "Easy"
    MEDIUM = "medium", "Medium"
    HARD = "hard", "Hard"


class Item(models.Model):
    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=24, choices=ItemKind)
    domain = models.CharField(max_length=32, choices=DOMAIN_CHOICES)
    systems = ArrayField(models.CharField(max_length=16), default=list)
    difficulty = models.CharField(max_length=8, choices=Difficulty)
    status = models.CharField(max_length=12, choices=ItemStatus, default=ItemStatus.DRAFT)
    current = models.ForeignKey("ItemVersion", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.slug


class ItemVersion(models.Model):
    """The frozen text, key and rationale of an item. Never changed once made.

    options: [{"id": "a", "text": "..."} or {"id", "code": {"system", "code"}}, each with "why"]
    key: option ids, or for code entry [{"system", "code"}]; accept: [{"system", "code", "why"}]
    references: [{"guideline": "I.C.9.a.2"} or {"code": {...}, "note": "use_additional"}]
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
        )


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


class Exam(models.Model):
    """A practice quiz (no clock, feedback after each item) or a mock form (clock, feedback at the end)."""

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
                condition=Q(mode="practice", minutes=None) | Q(mode="mock", minutes__gt=0),
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

    answer: {"choice": "b"}, {"choices": ["a", "c"]}, {"code": "E11.22", "system": "icd10cm"}, or null.
    revision 0 means never saved; see quizzes.services.attempts for the rule. struck: option ids struck out.
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

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="quizzes_response_position_once"),
            models.CheckConstraint(
                condition=Q(revision=0, saved_at=None) | Q(revision__gt=0, saved_at__isnull=False),
                name="quizzes_response_saved_fields",
            ),
        ]


class LateAnswer(models.Model):
    """An answer that arrived after closing: kept as late, never graded, shown to student and instructor."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="late_answers")
    answer = models.JSONField(null=True)
    revision = models.PositiveIntegerField()
    received_at = models.DateTimeField()


class Grade(models.Model):
    """What the grader said of one response; a regrade adds a row, the newest counts.

    lines and findings as in the grade of quizzes.grading; releases: {"icd10cm": "April 2026"}.
    """

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="grades")
    item_version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+")
    credit = models.DecimalField(max_digits=5, decimal_places=4)
    lines = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    releases = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(credit__range=(0, 1)), name="quizzes_grade_credit_range"),
        ]
