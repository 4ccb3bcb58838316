"""What is the same for items is tested beside quizzes.services.coder_reviews."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.services.coder_reviews import CoderReviewRefused
from courses.models import LessonCoderReview, LessonVersion
from courses.selectors.coder_reviews import newest_lesson_review, newest_lesson_reviews
from courses.services.coder_reviews import record_lesson_review, take_back_lesson_review
from courses.services.lessons import publish_version, save_version
from tests.courses import school

READ = {"reviewer": "Ana Ruiz", "credential": "rhit", "reviewed_on": date(2026, 6, 1), "finds": ""}


def record(version_id: int, by, **changes) -> LessonCoderReview:
    return record_lesson_review(version_id=version_id, by=by, **{**READ, **changes})


def test_a_review_is_kept_with_who_recorded_it_and_in_the_trail(lesson, instructor):
    kept = record(lesson.published.pk, instructor, finds="Name the index first.")
    row = LessonCoderReview.objects.get()
    assert row == kept == newest_lesson_review(lesson.published)
    assert (row.version, row.words, row.finds) == (
        lesson.published,
        "Ana Ruiz, RHIT",
        "Name the index first.",
    )
    assert row.recorded_by == instructor
    entry = AuditEntry.objects.get(action="courses.lesson.coder_reviewed")
    assert (entry.actor_id, entry.object_type, entry.object_id) == (
        instructor.pk,
        "courses.lesson",
        str(lesson.pk),
    )
    assert entry.after == {"version": 1, "reviewer": "Ana Ruiz, RHIT", "reviewed_on": "2026-06-01"}


def test_what_cannot_have_been_read_is_refused(lesson, course, instructor):
    draft = LessonVersion.objects.get(lesson__slug="unfinished")
    tomorrow = timezone.localdate() + timedelta(days=1)
    entries = AuditEntry.objects.count()
    for version, changes, words in (
        (0, {}, "There is no such version."),
        (draft.pk, {}, "Publish this version first"),
        (lesson.published.pk, {"reviewed_on": tomorrow}, "That day is still to come."),
    ):
        with pytest.raises(CoderReviewRefused, match=words):
            record(version, instructor, **changes)
    assert LessonCoderReview.objects.count() == 0
    assert AuditEntry.objects.count() == entries


def test_the_same_sent_twice_is_kept_once(lesson, instructor):
    record(lesson.published.pk, instructor)
    with pytest.raises(CoderReviewRefused, match="recorded already"):
        record(lesson.published.pk, instructor)
    assert LessonCoderReview.objects.count() == 1


def test_a_review_is_of_one_version_and_the_later_one_is_not_yet_reviewed(lesson, instructor):
    first = lesson.published
    record(first.pk, instructor)
    save_version(lesson_id=lesson.pk, base_number=1, text=school.text("Kidneys again"), by=instructor)
    later = publish_version(lesson_id=lesson.pk, number=2, by=instructor)
    assert newest_lesson_review(later) is None
    assert record(first.pk, instructor, reviewer="Bo Sand").version == first  # once published, still given


def test_the_newest_of_each_version_is_one_query(course, instructor, django_assert_num_queries):
    versions = list(LessonVersion.objects.exclude(published_at=None).order_by("pk"))
    record(versions[0].pk, instructor)
    for version in versions:
        record(version.pk, instructor, reviewer="Bo Sand")
    with django_assert_num_queries(1):
        found = newest_lesson_reviews(version.pk for version in versions)
    assert {pk: row.reviewer for pk, row in found.items()} == {one.pk: "Bo Sand" for one in versions}


def test_one_taken_back_is_gone_and_stays_in_the_trail(lesson, instructor):
    wrong = record(lesson.published.pk, instructor)
    take_back_lesson_review(
        version=lesson.published, review_id=wrong.pk, reason="Another lesson.", by=instructor
    )
    assert newest_lesson_review(lesson.published) is None
    entry = AuditEntry.objects.get(action="courses.lesson.coder_review_taken_back")
    assert (entry.object_id, entry.reason) == (str(lesson.pk), "Another lesson.")
    assert entry.before["reviewer"] == "Ana Ruiz, RHIT"


def test_one_of_another_version_is_not_taken_back(lesson, instructor):
    kept = record(lesson.published.pk, instructor)
    other = save_version(lesson_id=lesson.pk, base_number=1, text=school.text("Again"), by=instructor)
    with pytest.raises(CoderReviewRefused, match="not recorded any more"):
        take_back_lesson_review(version=other, review_id=kept.pk, reason="Another lesson.", by=instructor)
    assert LessonCoderReview.objects.get() == kept
