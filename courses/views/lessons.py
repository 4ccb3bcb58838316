"""A lesson: read, its questions answered, marked done, marked not done; and its drawings."""

import hashlib
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import condition, require_GET, require_POST

from accounts.permissions import Permission, SignedInRequest, require
from codesets.systems import System
from courses.checks import Checked, check_lesson, newer_releases
from courses.models import CourseImage, Lesson
from courses.selectors import lessons as lesson_selectors
from courses.selectors.around import to_show
from courses.selectors.authoring import teaches_course
from courses.selectors.coder_reviews import newest_lesson_review
from courses.services import lessons as lesson_services
from quizzes.errors import ExamNotAvailable
from quizzes.models import Attempt
from quizzes.services.lesson_checks import attempt_of_reading, begin_again, why_not_asked
from quizzes.views.compressed import gzip_quickly
from quizzes.views.lesson_checks import ShownCheck, ShownChecks, answer_check, show_checks

# A drawing acts and fetches nothing, whatever it holds and whoever opens it by itself.
DRAWING_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@gzip_quickly  # text, questions and tables: 40 to 70 KB
@require(Permission.LEARN)
def lesson(request: SignedInRequest, course_slug: str, lesson_slug: str) -> HttpResponse:
    found = lesson_selectors.lesson_to_read(course_slug, lesson_slug)
    if teaches_course(request.user, found.course_id):
        return _page(request, found, None, teaches=True)  # who writes a lesson answers nothing in it
    lesson_services.open_lesson(lesson=found, by=request.user)
    attempt = _attempt(request, found)
    return _page(request, found, show_checks(attempt) if attempt else None)


def _attempt(request: SignedInRequest, found: Lesson) -> Attempt | None:
    """None where the lesson asks nothing, or nothing that can be asked of this person now."""
    if found.checks is None:
        return None
    try:
        return attempt_of_reading(exam=found.checks, by=request.user)
    except ExamNotAvailable:
        return None


def _page(
    request: SignedInRequest, found: Lesson, checks: ShownChecks | None, *, teaches: bool = False
) -> HttpResponse:
    course = lesson_selectors.course_rows(request.user.pk, slug=found.course.slug)[0]
    row = course.row_of(found)
    version = found.shown
    checked = check_lesson(version.body, version.as_of, to_show(found.course_id))
    context = {
        "nav": "lessons",
        "course": course,
        "row": row,
        "version": version,
        "checked": checked,
        "parts": _parts(request, found, checked, checks, teaches),
        "checks": checks,
        "has_cpt": any(system == System.CPT for system, _ in version.codes),
        "review": newest_lesson_review(version),
        "newer": newer_releases(checked, timezone.localdate()),
        "previous": course.lessons[row.number - 2] if row.number > 1 else None,
        "next": course.lessons[row.number] if row.number < course.total else None,
    }
    return render(request, "courses/lesson.html", context)


@dataclass(frozen=True)
class Part:
    """A stretch of the text, and the question behind it: its number from 1, or 0 where there is none.

    away: why it is not asked, in a sentence. slug: for its authors alone, whom it may tell the key.
    """

    html: str
    number: int
    check: ShownCheck | None = None
    away: str = ""
    slug: str = ""


def _parts(
    request: SignedInRequest, found: Lesson, checked: Checked, checks: ShownChecks | None, teaches: bool
) -> list[Part]:
    slugs = checked.rendered.checks
    shown = checks.by_slug if checks else {}
    missing = found.checks is not None and not teaches and not set(slugs) <= shown.keys()
    away = why_not_asked(exam=found.checks, by=request.user) if missing and found.checks else {}
    parts = []
    for html, number in checked.rendered.parts:
        slug = slugs[number - 1] if number else ""
        parts.append(Part(html, number, shown.get(slug), away.get(slug, ""), slug if teaches else ""))
    return parts


@require(Permission.LEARN)
@require_POST
def lesson_check(request: SignedInRequest, course_slug: str, lesson_slug: str, number: int) -> HttpResponse:
    """Checks the answer to one question: the question with its verdict, or the lesson at that place.

    number: its place among the questions of the text, from 1.
    """
    found = lesson_selectors.lesson_to_read(course_slug, lesson_slug)
    slug = dict(enumerate(found.shown.checks, start=1)).get(number, "")
    attempt = None if teaches_course(request.user, found.course_id) else _attempt(request, found)
    checks = answer_check(request, attempt, slug) if attempt else None
    if checks is None or slug not in checks.by_slug:
        raise Http404
    check = checks.by_slug[slug]
    if request.htmx:
        place = {"course_slug": course_slug, "lesson_slug": lesson_slug, "number": number}
        shown = {"check": check, "checks": checks, "swapped": True, **place}
        return render(request, "courses/_check.html", shown)
    if check.form is not None:
        return _page(request, found, checks)
    return redirect(f"{reverse('courses:lesson', args=[course_slug, lesson_slug])}#check-{number}")


@require(Permission.LEARN)
@require_POST
def lesson_checks_again(request: SignedInRequest, course_slug: str, lesson_slug: str) -> HttpResponse:
    found = lesson_selectors.lesson_to_read(course_slug, lesson_slug)
    if found.checks is None or teaches_course(request.user, found.course_id):
        raise Http404
    try:
        begin_again(exam=found.checks, by=request.user)
    except ExamNotAvailable as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('courses:lesson', args=[course_slug, lesson_slug])}#check-1")


def _drawing(request: HttpRequest, course_slug: str, name: str) -> CourseImage:
    return get_object_or_404(CourseImage, course__slug=course_slug, name=name)


def _drawing_tag(request: HttpRequest, course_slug: str, name: str) -> str:
    svg = _drawing(request, course_slug, name).svg
    return f'W/"{hashlib.sha256(svg.encode()).hexdigest()[:16]}"'


@require(Permission.LEARN)
@require_GET
@condition(etag_func=_drawing_tag)
@gzip_quickly
def drawing(request: SignedInRequest, course_slug: str, name: str) -> HttpResponse:
    """The drawing as SVG, asked for again only when it changed."""
    found = _drawing(request, course_slug, name)
    response = HttpResponse(found.svg, content_type="image/svg+xml")
    response["Content-Security-Policy"] = DRAWING_POLICY
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require(Permission.LEARN)
@require_POST
def lesson_done(request: SignedInRequest, course_slug: str, lesson_slug: str) -> HttpResponse:
    found = lesson_selectors.lesson_to_read(course_slug, lesson_slug)
    lesson_services.mark_done(lesson=found, by=request.user)
    messages.success(request, "Marked as done. It counts in your progress.")
    return redirect("courses:lesson", course_slug, lesson_slug)


@require(Permission.LEARN)
@require_POST
def lesson_not_done(request: SignedInRequest, course_slug: str, lesson_slug: str) -> HttpResponse:
    found = lesson_selectors.lesson_to_read(course_slug, lesson_slug)
    lesson_services.mark_not_done(lesson=found, by=request.user)
    messages.success(request, "Marked as not done. It stands on your list again.")
    return redirect("courses:lesson", course_slug, lesson_slug)
