"""Courses: the list, and one with its lessons."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from accounts.permissions import Permission, SignedInRequest, require
from courses.selectors import lessons as lesson_selectors


@require(Permission.LEARN)
def course_list(request: SignedInRequest) -> HttpResponse:
    rows = lesson_selectors.course_rows(request.user.pk)
    return render(request, "courses/course_list.html", {"nav": "lessons", "rows": rows})


@require(Permission.LEARN)
def course(request: SignedInRequest, slug: str) -> HttpResponse:
    rows = lesson_selectors.course_rows(request.user.pk, slug=slug)
    if not rows:
        raise Http404
    return render(request, "courses/course.html", {"nav": "lessons", "row": rows[0]})
