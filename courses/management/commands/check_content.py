import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from courses import standard
from courses.checks import Around, Checked, Problem, broken_links, check_lesson
from courses.models import Lesson
from courses.packs import PackError
from courses.selectors.around import known_items, to_check
from quizzes.checks import check_items
from quizzes.errors import ContentError
from quizzes.models import Item, ItemStatus

_ALT = re.compile(r'<img [^>]*alt="([^"]*)"')


class Command(BaseCommand):
    help = (
        "Checks every published lesson and item against the books in force on its date, and the words of "
        "what ships against the house's standard."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        errors = self.check_lessons() + self.check_items() + self.check_standard()
        if errors:
            raise CommandError(f"{errors} error{'s' if errors > 1 else ''} found. Each is listed above.")

    def check_lessons(self) -> int:
        """Each reference names a code that the release in force on the lesson's date has; each drawing, each
        question, each link and each item that it prepares for is there.
        """
        rows = Lesson.objects.exclude(published=None).select_related("published", "course")
        lessons = list(rows.order_by("course__position", "position"))
        addresses = {f"{lesson.course.slug}/{lesson.slug}" for lesson in lessons}
        items = known_items({slug for lesson in lessons for slug in lesson.shown.also})
        codes, errors = 0, 0
        for lesson in lessons:
            version, around = lesson.shown, to_check(lesson.course_id)
            checked = check_lesson(version.body, version.as_of, around)
            found = [*checked.problems, *broken_links(checked, addresses), *_unsaid(checked, around)]
            problems = [f"line {problem.line}: {problem.words}" for problem in found]
            problems += [f"also: There is no item {slug}." for slug in version.also if slug not in items]
            for problem in problems:
                self.stderr.write(f"error: {lesson.course.slug}/{lesson.slug} {problem}")
            codes += len(checked.rendered.targets)
            errors += len(problems)
        self.stdout.write(f"{len(lessons)} lessons, {codes} codes cited, {errors} errors")
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

    def check_standard(self) -> int:
        """What ships, from its files: length and grade of lessons, wording of items, spread of keys."""
        base = settings.BASE_DIR
        try:
            shipped = standard.read_shipped(base / "courses" / "content", base / "quizzes" / "content")
        except (PackError, ContentError) as error:
            self.stderr.write(f"error: {error}")
            return 1
        problems = standard.problems_of(shipped)
        for problem in problems:
            self.stderr.write(f"error: {problem}")
        self.stdout.write("\n".join(standard.counts(shipped)))
        self.stdout.write(f"What ships falls short of the standard in {len(problems)} places")
        return len(problems)


def _unsaid(checked: Checked, around: Around) -> Iterable[Problem]:
    """Drawings without words for those who do not see them. The page shows those that are there, in order."""
    shown = [one for one in checked.rendered.cited if one.kind == "image" and one.name in around.drawings]
    for one, words in zip(shown, _ALT.findall(checked.rendered.html), strict=True):
        if not words.strip():
            yield Problem(one.line, one.name, f"The drawing {one.name} has no words that say what it shows.")
