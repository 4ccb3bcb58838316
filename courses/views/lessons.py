"""A lesson: read, marked done, marked not done."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.permissions import Permission, SignedInRequest, require
from courses.checks import check_lesson, newer_releases
from courses.selectors import lessons as lesson_selectors
from courses.selectors.authoring import teaches_course
from courses.services import lessons as lesson_services


@require(Permission.LEARN)
def lesson(request: SignedInRequest, course_slug: str, lesson_slug: str) -> HttpResponse:
    found = lesson_selectors.lesson_to_read(course_slug, lesson_slug)
    if not teaches_course(request.user, found.course_id):
        lesson_services.open_lesson(lesson=found, by=request.user)
    course = lesson_selectors.course_rows(request.user.pk, slug=course_slug)[0]
    row = course.row_of(found)
    version = found.shown
    checked = check_lesson(version.body, version.as_of)
    context = {
        "nav": "lessons",
        "course": course,
        "row": row,
        "version": version,
        "checked": checked,
        "newer": newer_releases(checked, timezone.localdate()),
        "previous": course.lessons[row.number - 2] if row.number > 1 else None,
        "next": course.lessons[row.number] if row.number < course.total else None,
    }
    return render(request, "courses/lesson.html", context)


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
