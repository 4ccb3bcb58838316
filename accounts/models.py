"""Who: users, cohorts and their instructors, standing accommodations, the audit trail."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class Role(models.TextChoices):
    STUDENT = "student", "Student"
    INSTRUCTOR = "instructor", "Instructor"
    ADMIN = "admin", "Admin"


class Theme(models.TextChoices):
    SYSTEM = "system", "As the system has it"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        """What `createsuperuser` calls: the first admin of a deployment."""
        return self.create_user(email, password, role=Role.ADMIN, **fields)


class User(AbstractBaseUser):
    """Signs in by e-mail. A role is a set of named permissions, see accounts.permissions."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150)
    role = models.CharField(max_length=16, choices=Role, default=Role.STUDENT)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    time_zone = models.CharField(max_length=64, default="America/New_York")
    theme = models.CharField(max_length=8, choices=Theme, default=Theme.SYSTEM)
    shortcuts = models.BooleanField("single-key shortcuts", default=True)  # off switch: WCAG 2.1.4

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_any_case"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="accounts_user_role_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        words = self.name.split() or [self.email]
        return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper()


class Cohort(models.Model):
    name = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)
    instructors: models.ManyToManyField = models.ManyToManyField(
        User, through="CohortInstructor", related_name="taught_cohorts"
    )
    students: models.ManyToManyField = models.ManyToManyField(
        User, through="CohortMembership", related_name="cohorts"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CohortInstructor(models.Model):
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "user"], name="accounts_cohort_instructor_once")
        ]


class CohortMembership(models.Model):
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    joined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "user"], name="accounts_cohort_student_once")
        ]


class Accommodation(models.Model):
    """Standing extra time, in percent of an exam's minutes; the newest that is not ended applies.

    extends_window: the end of an exam's window moves by the same time.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="accommodations")
    extra_time_percent = models.PositiveSmallIntegerField()
    extends_window = models.BooleanField(default=True, db_default=True)
    reason = models.TextField()
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(extra_time_percent__range=(1, 300)), name="accounts_accommodation_percent"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(ended_at=None), name="accounts_accommodation_one_open"
            ),
        ]


class AuditEntry(models.Model):
    """Who changed what. Rows are added only: a trigger refuses UPDATE and DELETE.

    The actor is kept as an id and the name of the day, so that erasing a user leaves the trail whole.
    """

    at = models.DateTimeField(default=timezone.now)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=254)
    action = models.CharField(max_length=64)
    object_type = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="accounts_audit_object")]
