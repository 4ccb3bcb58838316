"""Blueprints, exams with their sections and items, and where a pass mark comes from."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from quizzes.domains import DOMAIN_CHOICES
from quizzes.kinds import Served
from quizzes.models.items import Item

SERVED_CHOICES = [
    (Served.ALONE.value, "Alone"),
    (Served.HALF.value, "Half-filled"),
    (Served.WORKED.value, "Worked example"),
]


class ExamMode(models.TextChoices):
    PRACTICE = "practice", "Practice"
    MOCK = "mock", "Mock exam"
    PLACEMENT = "placement", "Placement"
    LESSON = "lesson", "Check yourself"


class Blueprint(models.Model):
    """The outline of a certification exam, as data with its source and the date of that source.

    sections: [{"title", "domain", "domains": [...], "kinds": [...], "care": [...], "items": 6}], from whose
    domains, kinds and places of care the items are drawn; an empty list of kinds or care takes any. domain is
    what a report suggests to study. unscored: how many more items are drawn that do not count. provisional
    until a school has confirmed the figures from the outline in force, with who, when and which outline.
    """

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=120)
    summary = models.TextField(blank=True)
    source = models.TextField()
    source_on = models.DateField()
    minutes = models.PositiveSmallIntegerField()
    pass_mark = models.PositiveSmallIntegerField()  # percent
    books = models.BooleanField(default=True)
    unscored = models.PositiveSmallIntegerField(default=0)
    sections = models.JSONField()
    provisional = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_source = models.TextField(blank=True)

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None, confirmed_source="")
                | (Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_source="")),
                name="quizzes_blueprint_confirmed_fields",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Release(models.TextChoices):
    """When a report of a mock exam shows what. Until then its student has the receipt alone."""

    AT_ONCE = "at_once", "At once, as soon as the attempt is graded"
    AFTER_WINDOW = "after_window", "After the window, when nobody sits any more"
    BY_INSTRUCTOR = "by_instructor", "When an instructor releases it"
    SCORE_ONLY = "score_only", "Score and sections at once, keys never"


class CutMethod(models.TextChoices):
    STATED = "stated", "A stated percentage"
    ANGOFF = "angoff", "Modified Angoff"


class Exam(models.Model):
    """A practice quiz (no clock, feedback after each item), a mock form (clock, feedback at the end), the
    placement of new students (no clock, feedback at the end), or the questions within a lesson (no clock,
    feedback after each; see quizzes.services.lesson_checks).

    A mock form lists its items or draws them anew for each attempt (see ExamSection). choice: students may
    also sit a shorter form, one section, or sit without the clock. Without cohorts it is open to everyone.
    attempts_allowed: for each student; None is any number. released_at: set once keys and scores are open,
    for the release policies that wait.
    """

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=120)
    mode = models.CharField(max_length=10, choices=ExamMode)
    summary = models.TextField(blank=True)
    blueprint = models.ForeignKey(Blueprint, null=True, on_delete=models.PROTECT, related_name="exams")
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    grace_seconds = models.PositiveSmallIntegerField(default=30)
    pass_mark = models.PositiveSmallIntegerField(default=70)  # percent; CutScore says where it comes from
    unscored = models.PositiveSmallIntegerField(default=0, db_default=0)
    books = models.BooleanField(default=True, db_default=True)
    choice = models.BooleanField(default=False, db_default=False)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    attempts_allowed = models.PositiveSmallIntegerField(null=True, blank=True)
    cohorts: models.ManyToManyField = models.ManyToManyField(
        "accounts.Cohort", related_name="exams", blank=True
    )
    release = models.CharField(max_length=16, choices=Release, default=Release.AT_ONCE, db_default="at_once")
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    published = models.BooleanField(default=True)
    # None: it came with a pack. An instructor changes and watches over their own; an admin over all.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["mode", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=["practice", "placement", "lesson"], minutes=None)
                | Q(mode="mock", minutes__gt=0),
                name="quizzes_exam_clock_fits_mode",
            ),
            models.CheckConstraint(condition=Q(pass_mark__range=(1, 100)), name="quizzes_exam_pass_mark"),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="quizzes_exam_window_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(release="after_window") | Q(closes_at__isnull=False),
                name="quizzes_exam_release_has_window",
            ),
            models.CheckConstraint(
                condition=Q(mode="mock")
                | Q(release="at_once", opens_at=None, closes_at=None, unscored=0, choice=False),
                name="quizzes_exam_only_mocks_wait",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class CutScore(models.Model):
    """Where a pass mark comes from; rows are added, the newest is the exam's.

    percent is rounded to the whole percent for the exam. ratings, of a modified Angoff: [{"judge", "item",
    "percent"}], which share of barely competent candidates would answer the item right.
    """

    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="cut_scores")
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    method = models.CharField(max_length=8, choices=CutMethod)
    reason = models.TextField()  # whose decision, from which meeting or document
    ratings = models.JSONField(default=list)
    set_at = models.DateTimeField(default=timezone.now)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-id"]


class ExamSection(models.Model):
    """draws: how many items each attempt draws from the published items of `domains` (and of `kinds` and
    `care`, where they are named); None: the section's own list of items is served.
    """

    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    domain = models.CharField(max_length=40, choices=DOMAIN_CHOICES)
    draws = models.PositiveSmallIntegerField(null=True)
    domains = ArrayField(models.CharField(max_length=40), default=list, db_default=[])
    kinds = ArrayField(models.CharField(max_length=24), default=list, db_default=[])
    care = ArrayField(models.CharField(max_length=10), default=list, db_default=[])

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["exam", "position"], name="quizzes_section_position_once"),
            models.CheckConstraint(
                condition=Q(draws=None, domains=[]) | (Q(draws__gt=0) & ~Q(domains=[])),
                name="quizzes_section_draws_from_domains",
            ),
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
