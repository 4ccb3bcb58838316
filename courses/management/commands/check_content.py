from typing import Any

from django.core.management.base import BaseCommand, CommandError

from courses.checks import check_lesson
from courses.models import Lesson
from quizzes.checks import check_items
from quizzes.models import Item, ItemStatus


class Command(BaseCommand):
    help = "Checks every published lesson and item against the books in force on its date."

    def handle(self, *args: Any, **options: Any) -> None:
        errors = self.check_lessons() + self.check_items()
        if errors:
            raise CommandError(f"{errors} error{'s' if errors > 1 else ''} found. Each is listed above.")

    def check_lessons(self) -> int:
        """Each reference names a code that the release in force on the lesson's date has."""
        lessons = Lesson.objects.exclude(published=None).select_related("published", "course")
        lesson_count, codes, errors = 0, 0, 0
        for lesson in lessons.order_by("course__position", "position"):
            version = lesson.published
            assert version is not None
            checked = check_lesson(version.body, version.as_of)
            for problem in checked.problems:
                self.stderr.write(
                    f"error: {lesson.course.slug}/{lesson.slug} line {problem.line}: {problem.words}"
                )
            lesson_count += 1
            codes += len(checked.rendered.targets)
            errors += len(checked.problems)
        self.stdout.write(f"{lesson_count} lessons, {codes} codes cited, {errors} errors")
        return errors

    def check_items(self) -> int:
        """Codes exist and keys are billable on the item's date, and the key earns full credit."""
        findings = check_items()
        for finding in findings:
            self.stderr.write(f"{finding.level}: {finding.slug} ({finding.on}): {finding.message}")
        errors = sum(finding.level == "error" for finding in findings)
        count = Item.objects.filter(status=ItemStatus.PUBLISHED).count()
        self.stdout.write(f"{count} items, {errors} errors, {len(findings) - errors} warnings")
        return errors
