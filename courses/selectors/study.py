"""What to study for a domain: the courses whose practice quiz asks about it. For the score reports."""

from collections.abc import Iterator, Sequence

from django.urls import reverse

from courses.selectors.lessons import CourseRow, course_rows
from courses.selectors.practice import exams_with_results
from quizzes.domains import DOMAINS
from quizzes.study import StudyStep


def steps_for_domains(user_id: int, domains: Sequence[str]) -> Iterator[StudyStep]:
    """One step a course, in the order of the domains, weakest first: its next lesson, or all of it again."""
    asked = {row.exam.pk: row.domains for row in exams_with_results(user_id)}
    courses = course_rows(user_id)
    seen: set[int] = set()
    for domain in domains:
        for row in courses:
            quiz = row.course.practice_id
            if quiz and domain in asked.get(quiz, {}) and row.course.pk not in seen:
                seen.add(row.course.pk)
                yield _step(row, DOMAINS[domain])


def _step(row: CourseRow, domain: str) -> StudyStep:
    course, lesson = row.course, row.next_lesson
    if lesson is None:
        url = reverse("courses:course", args=[course.slug])
        return StudyStep(course.title, url, f"It teaches {domain}. You have done all of it; read it again.")
    url = reverse("courses:lesson", args=[course.slug, lesson.lesson.slug])
    return StudyStep(
        f"{course.title}: {lesson.version.title}",
        url,
        f"It teaches {domain}. You have done {row.done} of its {row.total} lessons.",
    )
