"""Attempts, responses and grades. State is written by quizzes.services.attempts alone."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from quizzes.kinds import Served
from quizzes.models.exams import SERVED_CHOICES, Exam, ExamSection
from quizzes.models.items import ItemVersion


class AttemptState(models.TextChoices):
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed, waiting for its grade"
    GRADED = "graded", "Graded"


class CloseReason(models.TextChoices):
    HANDED_IN = "handed_in", "Handed in"
    TIME_UP = "time_up", "Time was up"


class Scope(models.TextChoices):
    """How much of a form an attempt asks: shorter ones keep the proportions of the sections."""

    WHOLE = "whole", "The whole form"
    HALF = "half", "Half a form"
    QUARTER = "quarter", "A quarter of a form"
    SECTION = "section", "One section"


class Attempt(models.Model):
    """One sitting. All its instants are PostgreSQL's clock, not the web server's.

    minutes: before any extra time; None is a sitting without a clock. pass_mark: the exam's when it started;
    None where a release of Chartroom started it that kept neither, while it was replaced. What an attempt
    goes by is clock_minutes and mark_to_pass. seed: what a drawn form was drawn with. grading_retry_at:
    grading failed, and is not tried before.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    exam = models.ForeignKey(Exam, on_delete=models.PROTECT, related_name="attempts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attempts")
    state = models.CharField(max_length=8, choices=AttemptState, default=AttemptState.OPEN)
    scope = models.CharField(max_length=8, choices=Scope, default=Scope.WHOLE, db_default="whole")
    seed = models.BigIntegerField(null=True)
    minutes = models.PositiveSmallIntegerField(null=True)
    pass_mark = models.PositiveSmallIntegerField(null=True)  # percent
    started_at = models.DateTimeField()
    extra_time_percent = models.PositiveSmallIntegerField(default=0)
    deadline_at = models.DateTimeField(null=True)  # what the student sees; none in practice
    grace_seconds = models.PositiveSmallIntegerField(default=30)
    finished_at = models.DateTimeField(null=True)  # the hand-in, or the deadline itself when time was up
    closed_at = models.DateTimeField(null=True)  # when the server closed it
    close_reason = models.CharField(max_length=12, choices=CloseReason, blank=True)
    grading_retry_at = models.DateTimeField(null=True)
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
            models.Index(
                fields=["-started_at"], condition=Q(seed__isnull=False), name="quizzes_attempt_drawn"
            ),
        ]

    @property
    def mark_to_pass(self) -> int:
        return self.exam.pass_mark if self.pass_mark is None else self.pass_mark

    @property
    def clock_minutes(self) -> int | None:
        return self.exam.minutes if self.pass_mark is None else self.minutes


class Response(models.Model):
    """The kept answer to one item of an attempt. The rows are made when the attempt starts.

    answer: what the kind keeps, {"choice": "b"} or {"code": "E11.22", "system": "icd10cm"}, or null.
    revision 0 means never saved; see quizzes.services.attempts for the rule. struck: option ids struck out.
    sure: how sure the student was before the key was shown, from 1 (a guess) to 4 (certain). checks: how
    often the rules were asked about the claim. highlights: [{"document": 0, "start", "end", "note"}], offsets
    in characters of the document's text as shown; document -1 is the stem. seconds: how long the item was on
    the student's screen, as the page measured it. scored: false for an item that is only tried out; no page
    of a sitting can tell.
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
    seconds = models.PositiveIntegerField(default=0, db_default=0)
    scored = models.BooleanField(default=True, db_default=True)

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


class AnswerChange(models.Model):
    """An answer that a later one took the place of: what it was, and when it had been kept."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="changes")
    answer = models.JSONField()
    revision = models.PositiveIntegerField()
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class ExtraTime(models.Model):
    """Minutes granted while an attempt was open: who gave them, and why. The deadline has them already."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="extra_times")
    minutes = models.PositiveSmallIntegerField()
    reason = models.TextField()
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__range=(1, 600)), name="quizzes_extra_time_minutes"),
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

    # The constraint's index begins with the response.
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="grades", db_index=False)
    item_version = models.ForeignKey(ItemVersion, on_delete=models.PROTECT, related_name="+")
    credit = models.DecimalField(max_digits=5, decimal_places=4)
    scores = models.JSONField(default=dict)
    alternative = models.PositiveSmallIntegerField(null=True)
    lines = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    releases = models.JSONField(default=dict)
    run = models.ForeignKey(
        GradingRun, null=True, on_delete=models.PROTECT, related_name="grades", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(credit__range=(0, 1)), name="quizzes_grade_credit_range"),
            models.UniqueConstraint(
                fields=["response", "run"], nulls_distinct=False, name="quizzes_grade_once_a_run"
            ),
        ]
        # Few grades have a run: an index of all would be kept up for nothing.
        indexes = [
            models.Index(fields=["run"], condition=Q(run__isnull=False), name="quizzes_grade_of_run"),
        ]
