from datetime import UTC, datetime

import pytest
import time_machine

from accounts.models import AuditEntry
from courses.models import Enrolment, Lesson, LessonProgress
from courses.services import lessons
from courses.services.lessons import NewerVersion, NotPublishable
from tests.courses import school


def save(lesson: Lesson, base: int, by, **changes):
    return lessons.save_version(lesson_id=lesson.pk, base_number=base, text=school.text(**changes), by=by)


def test_a_new_lesson_is_a_draft_at_the_end_with_its_codes(course, instructor):
    version = lessons.create_lesson(course_id=course.pk, text=school.text("Kidneys"), by=instructor)
    lesson = version.lesson
    assert (lesson.slug, lesson.position, lesson.published) == ("kidneys-2", 4, None)
    assert (version.number, version.created_by) == (1, instructor)
    assert version.codes == [["icd10cm", "E1122"], ["icd10cm", "I10"]]


def test_saving_keeps_the_earlier_version(lesson, instructor):
    version = save(lesson, 1, instructor, body="## Other\n\n[[I10]]\n")
    assert version.number == 2
    assert version.codes == [["icd10cm", "I10"]]
    assert lesson.versions.get(number=1).body == school.KNOWN
    lesson.refresh_from_db()
    assert lesson.published.number == 1


def test_saving_the_same_text_makes_no_version(lesson, instructor):
    assert save(lesson, 1, instructor, title="Kidneys").number == 1
    assert lesson.versions.count() == 1


def test_a_save_from_an_older_version_is_told_and_keeps_nothing(lesson, instructor, admin):
    save(lesson, 1, admin, body="by the admin\n")
    with pytest.raises(NewerVersion) as refused:
        save(lesson, 1, instructor, body="by the instructor\n")
    assert refused.value.newest.number == 2
    assert refused.value.newest.created_by == admin
    assert list(lesson.versions.values_list("number", "body")) == [(2, "by the admin\n"), (1, school.KNOWN)]


def test_a_draft_may_cite_unknown_codes_but_is_not_published(lesson, instructor):
    save(lesson, 1, instructor, body=school.UNKNOWN)
    with pytest.raises(NotPublishable) as refused:
        lessons.publish_version(lesson_id=lesson.pk, number=2, by=instructor)
    assert [(problem.line, problem.code) for problem in refused.value.problems] == [(5, "E99.99")]
    lesson.refresh_from_db()
    assert lesson.published.number == 1
    assert not AuditEntry.objects.filter(after__version=2).exists()


def test_publishing_is_in_the_trail_and_an_earlier_version_can_come_back(lesson, instructor):
    save(lesson, 1, instructor, title="Kidneys again")
    for number in (2, 1):
        lessons.publish_version(lesson_id=lesson.pk, number=number, by=instructor)
    lesson.refresh_from_db()
    assert lesson.published.number == 1
    entries = AuditEntry.objects.filter(action="courses.lesson.published", object_id=str(lesson.pk))
    assert list(entries.values_list("actor_id", "before__version", "after__version").order_by("id")) == [
        (None, None, 1),
        (instructor.pk, 1, 2),
        (instructor.pk, 2, 1),
    ]


def test_opening_enrolls_and_starts_once(lesson, learner, outsider):
    with time_machine.travel(datetime(2026, 5, 1, 12, tzinfo=UTC), tick=False):
        lessons.open_lesson(lesson=lesson, by=learner)
    lessons.open_lesson(lesson=lesson, by=learner)
    progress = LessonProgress.objects.get()
    assert (progress.user, progress.opened_at.day, progress.done_at) == (learner, 1, None)
    assert list(Enrolment.objects.values_list("user_id", "course_id")) == [(learner.pk, lesson.course_id)]


def test_done_keeps_its_day_and_can_be_taken_back(lesson, learner, outsider):
    lessons.mark_done(lesson=lesson, by=outsider)
    with time_machine.travel(datetime(2026, 5, 1, 12, tzinfo=UTC), tick=False):
        lessons.mark_done(lesson=lesson, by=learner)
    assert lessons.mark_done(lesson=lesson, by=learner).done_at.day == 1
    lessons.mark_not_done(lesson=lesson, by=learner)
    assert LessonProgress.objects.get(user=learner).done_at is None
    assert LessonProgress.objects.get(user=outsider).done_at is not None
