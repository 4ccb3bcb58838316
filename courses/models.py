"""Courses, lessons and their versions, enrolment, progress, and the reports that a worker makes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.coder_reviews import CoderReview
from accounts.jobs import Job


class Course(models.Model):
    class System(models.TextChoices):
        ICD10CM = "icd10cm", "ICD-10-CM"
        HCPCS = "hcpcs", "HCPCS Level II"
        PROCEDURES = "procedures", "Procedure coding"
        ALL = "all", "All code systems"

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=120)
    system = models.CharField(max_length=16, choices=System)
    summary = models.TextField()
    position = models.PositiveSmallIntegerField(default=0)
    practice = models.ForeignKey("quizzes.Exam", null=True, on_delete=models.SET_NULL, related_name="+")
    instructors: models.ManyToManyField = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="taught_courses"
    )

    class Meta:
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return self.title


class Lesson(models.Model):
    """Students see `published`; instructors edit the newest version. Neither is ever overwritten.

    checks: the questions that stand in the published version, or None.
    """

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="lessons")
    slug = models.SlugField(max_length=80)
    position = models.PositiveSmallIntegerField()
    published = models.ForeignKey("LessonVersion", null=True, on_delete=models.PROTECT, related_name="+")
    checks = models.OneToOneField("quizzes.Exam", null=True, on_delete=models.SET_NULL, related_name="lesson")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["course", "slug"], name="courses_lesson_slug_once")]

    @property
    def shown(self) -> "LessonVersion":
        """The published version, of a lesson that a selector gave because there is one."""
        assert self.published is not None
        return self.published


class LessonVersion(models.Model):
    """One saved text. `codes` are the references it makes, as checked on the day: [["icd10cm", "E1122"]].

    checks: the slugs of the items that its text asks, in order; also: further items that it prepares for.
    """

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=160)
    lead = models.TextField(blank=True)
    minutes = models.PositiveSmallIntegerField(default=20)
    as_of = models.DateField()  # chooses the releases that the code references are checked against
    body = models.TextField()
    codes = models.JSONField(default=list)
    checks = models.JSONField(default=list, db_default=[])
    also = models.JSONField(default=list, db_default=[])
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["lesson", "number"], name="courses_version_number_once")
        ]


class LessonCoderReview(CoderReview):
    """A credentialed coder's reading of one version of a lesson."""

    version = models.ForeignKey(LessonVersion, on_delete=models.CASCADE, related_name="coder_reviews")


class CourseImage(models.Model):
    """A drawing of a course's lessons: SVG text that courses.drawings has found harmless."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="images")
    name = models.CharField(max_length=80)
    svg = models.TextField()
    width = models.PositiveSmallIntegerField()  # of its viewBox, so that a page keeps its place
    height = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "name"], name="courses_image_name_once")]


class CohortCourse(models.Model):
    """A course that a cohort takes."""

    cohort = models.ForeignKey("accounts.Cohort", on_delete=models.CASCADE, related_name="cohort_courses")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="cohort_courses")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "course"], name="courses_cohort_course_once")
        ]


class Enrolment(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="enrolments")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="enrolments")
    enrolled_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "course"], name="courses_enrolment_once")]


class LessonProgress(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="lesson_progress"
    )
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="progress")
    version = models.ForeignKey(LessonVersion, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "lesson"], name="courses_progress_once")]


class ProgressReport(Job):
    """A student's progress as a worker computed it: the figures, and the same as a PDF."""

    task_name = "courses.tasks.make_progress_report"

    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="progress_reports"
    )
    figures = models.JSONField(null=True)
    pdf = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | Q(figures__isnull=False, pdf__isnull=False),
                name="courses_report_done_has_content",
            ),
        ]
