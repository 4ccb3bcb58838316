from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from courses.models import Course
from courses.outgoing import course_pack
from courses.selectors.lessons import open_lessons
from quizzes import pack_files
from quizzes.errors import ContentError
from quizzes.outgoing import left_out_of_quiz


class Command(BaseCommand):
    help = "Writes a course as a pack: its published lessons, and its practice quiz with the items."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("course", help="the course's slug")
        parser.add_argument("path", type=Path, help="a folder to be made, or a file that ends in .zip")

    def handle(self, *args: Any, **options: Any) -> None:
        course = Course.objects.select_related("practice").filter(slug=options["course"]).first()
        if course is None:
            slugs = ", ".join(Course.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no course {options['course']}. The courses are: {slugs}.")
        try:
            texts = course_pack(course)
            pack_files.write_pack(texts, options["path"])
        except (ContentError, OSError) as error:
            raise CommandError(f"The pack was not written. {error}.") from error
        for slug in left_out_of_quiz(course.practice) if course.practice else []:
            self.stderr.write(f"left out: {slug} is not published, or closed without a licence")
        for lesson in course.lessons.filter(pk__in=open_lessons()).select_related("checks"):
            for slug in left_out_of_quiz(lesson.checks) if lesson.checks else []:
                asked = f"{slug}, which the lesson {lesson.slug} asks,"
                self.stderr.write(f"left out: {asked} is not published, or closed without a licence")
        for lesson in course.lessons.filter(published=None):
            self.stderr.write(f"left out: the lesson {lesson.slug} is not published")
        for lesson in course.lessons.exclude(published=None).exclude(pk__in=open_lessons()):
            self.stderr.write(f"left out: the lesson {lesson.slug} is closed without a licence")
        self.stdout.write(f"{len(texts)} files of the course {course.slug} written to {options['path']}.")
