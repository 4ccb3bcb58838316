from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from courses.services.packs import import_pack
from quizzes import pack_files
from quizzes.errors import ContentError


class Command(BaseCommand):
    help = "Publishes a pack, a folder or zip of lessons, items and exams: all of it, or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        try:
            outcome = import_pack(texts=pack_files.read_pack(path), by=None)
        except ContentError as error:
            for problem in error.problems:
                self.stderr.write(f"error: {problem}")
            count = len(error.problems)
            problems = "1 problem was" if count == 1 else f"{count} problems were"
            raise CommandError(f"Nothing of {path} was taken in: {problems} found, listed above.") from error
        for problem in outcome.warnings:
            self.stderr.write(f"warning: {problem}")
        items, exams, lessons = outcome.items, outcome.exams, outcome.lessons
        self.stdout.write(
            f"{items.created} items new, {items.changed} changed, {items.unchanged} as they were; "
            f"{exams.created + exams.changed} quizzes and exams new or changed; "
            f"{lessons.new_versions} of {lessons.lessons} lessons new or changed."
        )
        if items.left_words:
            self.stderr.write(items.left_words)
