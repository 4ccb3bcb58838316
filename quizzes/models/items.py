"""Items and their versions, reviews and holds."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.coder_reviews import CoderReview
from quizzes.domains import DOMAIN_CHOICES
from quizzes.kinds import KINDS, ItemContent


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


class Care(models.TextChoices):
    """Where the patient of a case was cared for."""

    INPATIENT = "inpatient", "Inpatient"
    OUTPATIENT = "outpatient", "Outpatient"
    EMERGENCY = "emergency", "Emergency department"


class Item(models.Model):
    """family: what near-duplicates of one another share; a form takes one of them. care: of a case alone."""

    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(max_length=24, choices=item_kinds)
    domain = models.CharField(max_length=40, choices=DOMAIN_CHOICES)
    systems = ArrayField(models.CharField(max_length=16), default=list)
    difficulty = models.CharField(max_length=8, choices=Difficulty)
    family = models.SlugField(max_length=80, blank=True, db_default="")
    care = models.CharField(max_length=10, choices=Care, blank=True, db_default="")
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


class ItemCoderReview(CoderReview):
    """A credentialed coder's reading of one version of an item."""

    item_version = models.ForeignKey(ItemVersion, on_delete=models.CASCADE, related_name="coder_reviews")


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
