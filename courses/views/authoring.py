"""Writing lessons: the list, the editor with its preview, versions and their comparison, publishing."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.coder_review_forms import CoderReviewForm
from accounts.permissions import Permission, SignedInRequest, require
from accounts.services.coder_reviews import CoderReviewRefused
from courses.checks import NOTHING_AROUND, check_lesson
from courses.diff import compare
from courses.forms import LessonForm, NewLessonForm, PreviewForm
from courses.models import Lesson, LessonVersion
from courses.selectors import authoring as authoring_selectors
from courses.selectors.around import to_check
from courses.services import lessons as lesson_services
from courses.services.coder_reviews import record_lesson_review, take_back_lesson_review
from courses.services.lessons import NewerVersion, NotPublishable


@require(Permission.AUTHOR_LESSONS)
@require_GET
def authoring(request: SignedInRequest) -> HttpResponse:
    context = {
        "nav": "teaching",
        "states": authoring_selectors.lesson_states(request.user),
        "courses": authoring_selectors.courses_taught(request.user),
    }
    return render(request, "courses/authoring.html", context)


@require(Permission.AUTHOR_LESSONS)
def lesson_new(request: SignedInRequest) -> HttpResponse:
    courses = authoring_selectors.courses_taught(request.user)
    if request.method == "POST":
        form = NewLessonForm(request.POST, courses=courses)
        if form.is_valid():
            version = lesson_services.create_lesson(
                course_id=form.cleaned_data["course"].pk, text=form.text, by=request.user
            )
            return _after_saving(request, version)
    else:
        initial = {"as_of": timezone.localdate(), "course": request.GET.get("course")}
        form = NewLessonForm(courses=courses, initial=initial)
    status = 400 if form.errors else 200
    return render(request, "courses/lesson_edit.html", {"nav": "teaching", "form": form}, status=status)


@require(Permission.AUTHOR_LESSONS)
def lesson_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    lesson = authoring_selectors.lesson_to_edit(request.user, pk)
    newest = authoring_selectors.newest_version(lesson)
    if request.method != "POST":
        fields = ("title", "lead", "minutes", "as_of", "body")
        initial = {name: getattr(newest, name) for name in fields}
        initial |= {"also": " ".join(newest.also), "base_number": newest.number}
        return _editor(request, lesson, newest, LessonForm(initial=initial))
    form = LessonForm(request.POST)
    if not form.is_valid():
        return _editor(request, lesson, newest, form, status=400)
    try:
        version = lesson_services.save_version(
            lesson_id=lesson.pk,
            base_number=form.cleaned_data["base_number"] or 0,
            text=form.text,
            by=request.user,
        )
    except NewerVersion as conflict:
        return _conflict(request, lesson, conflict.newest, form)
    return _after_saving(request, version)


def _conflict(
    request: SignedInRequest, lesson: Lesson, newest: LessonVersion, form: LessonForm
) -> HttpResponse:
    """The author's text stays in the form, beside what came in between; saving again goes on top of it."""
    form.data = {**form.data.dict(), "base_number": str(newest.number)}  # type: ignore[attr-defined]
    rows = compare(newest.body, form.cleaned_data["body"])
    return _editor(
        request,
        lesson,
        newest,
        form,
        status=409,
        conflict=newest,
        rows=rows,
        their_name=f"Theirs, version {newest.number}",
    )


def _editor(
    request: SignedInRequest,
    lesson: Lesson,
    newest: LessonVersion,
    form: LessonForm,
    status: int = 200,
    **extra,
) -> HttpResponse:
    context = {
        "nav": "teaching",
        "lesson": lesson,
        "newest": newest,
        "form": form,
        "checked": check_lesson(newest.body, newest.as_of, to_check(lesson.course_id)),
        **extra,
    }
    return render(request, "courses/lesson_edit.html", context, status=status)


def _after_saving(request: SignedInRequest, version: LessonVersion) -> HttpResponse:
    """Says what was kept; publishes too when that button was pressed and the codes allow it."""
    if request.POST.get("then") != "publish":
        messages.success(request, f"Version {version.number} is saved as a draft. Students do not see it.")
    else:
        _publish(request, version.lesson, version.number)
    return redirect("courses:lesson_edit", version.lesson_id)


def _publish(request: SignedInRequest, lesson: Lesson, number: int) -> None:
    try:
        lesson_services.publish_version(lesson_id=lesson.pk, number=number, by=request.user)
    except NotPublishable as refused:
        count = len(refused.problems)
        messages.error(
            request,
            f"Version {number} is saved but not published: {count} reference"
            f"{'s lead' if count > 1 else ' leads'} nowhere. Students still see what they saw before.",
        )
    else:
        messages.success(request, f"Version {number} is published. Students see it from now on.")


@require(Permission.AUTHOR_LESSONS)
@require_POST
def lesson_publish(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    lesson = authoring_selectors.lesson_to_edit(request.user, pk)
    get_object_or_404(lesson.versions, number=number)
    _publish(request, lesson, number)
    return redirect("courses:lesson_versions", lesson.pk)


@require(Permission.AUTHOR_LESSONS)
@require_POST
def lesson_preview(request: SignedInRequest) -> HttpResponse:
    form = PreviewForm(request.POST)
    if not form.is_valid():
        return render(request, "courses/_preview.html", {"errors": form.errors})
    data = form.cleaned_data
    course = authoring_selectors.courses_taught(request.user).filter(pk=data["course"] or 0).first()
    around = to_check(course.pk) if course else NOTHING_AROUND
    checked = check_lesson(data["body"], data["as_of"], around)
    return render(request, "courses/_preview.html", {"checked": checked})


@require(Permission.AUTHOR_LESSONS)
@require_GET
def lesson_versions(request: SignedInRequest, pk: int) -> HttpResponse:
    lesson = authoring_selectors.lesson_to_edit(request.user, pk)
    versions = list(authoring_selectors.versions_of(lesson))
    context = {"nav": "teaching", "lesson": lesson, "versions": versions, "newest": versions[0]}
    return render(request, "courses/lesson_versions.html", context)


@require(Permission.AUTHOR_LESSONS)
@require_http_methods(["GET", "HEAD", "POST"])
def lesson_coder_review(request: SignedInRequest, pk: int, number: int) -> HttpResponse:
    """Records who with a credential has read a version; of a draft there is nothing to record."""
    lesson = authoring_selectors.lesson_to_edit(request.user, pk)
    version = authoring_selectors.version_given(lesson, number)
    form = CoderReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            review = record_lesson_review(version_id=version.pk, **form.review, by=request.user)
        except CoderReviewRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, f"Recorded: version {number} was reviewed by {review.words}.")
            return redirect("courses:lesson_versions", lesson.pk)
    context = {"nav": "teaching", "lesson": lesson, "version": version, "form": form}
    return render(request, "courses/lesson_coder_review.html", context, status=400 if form.errors else 200)


@require(Permission.AUTHOR_LESSONS)
@require_POST
def lesson_coder_review_take_back(
    request: SignedInRequest, pk: int, number: int, review_id: int
) -> HttpResponse:
    lesson = authoring_selectors.lesson_to_edit(request.user, pk)
    version = authoring_selectors.version_given(lesson, number)
    reason = request.POST.get("reason", "")
    try:
        take_back_lesson_review(version=version, review_id=review_id, reason=reason, by=request.user)
    except CoderReviewRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"The review of version {number} is taken back.")
    return redirect("courses:lesson_versions", lesson.pk)


@require(Permission.AUTHOR_LESSONS)
@require_GET
def lesson_compare(request: SignedInRequest, pk: int) -> HttpResponse:
    lesson = authoring_selectors.lesson_to_edit(request.user, pk)
    old, new = (_version_asked(request, lesson, name) for name in ("old", "new"))
    if old.number > new.number:
        old, new = new, old
    fields = [
        (label, getattr(old, name), getattr(new, name))
        for name, label in (
            ("title", "Title"),
            ("lead", "Lead"),
            ("minutes", "Minutes"),
            ("as_of", "Codes as of"),
        )
        if getattr(old, name) != getattr(new, name)
    ]
    context = {
        "nav": "teaching",
        "lesson": lesson,
        "old": old,
        "new": new,
        "old_name": f"Version {old.number}",
        "new_name": f"Version {new.number}",
        "fields": fields,
        "rows": compare(old.body, new.body) if old.body != new.body else [],
    }
    return render(request, "courses/lesson_compare.html", context)


def _version_asked(request: SignedInRequest, lesson: Lesson, name: str) -> LessonVersion:
    number = request.GET.get(name, "")
    if not number.isdecimal() or len(number) > 9:
        raise Http404
    return get_object_or_404(lesson.versions.select_related("created_by"), number=int(number))
