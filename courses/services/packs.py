"""Taking in a pack: its items, its exams, then its lessons, published together or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from accounts.models import User
from courses.checks import check_lesson
from courses.packs import PackError, read_course, read_lesson
from courses.services.content import LoadOutcome as LessonOutcome
from courses.services.content import load_courses
from quizzes import pack_files
from quizzes.errors import ContentError, Problem
from quizzes.services.items import LoadOutcome
from quizzes.services.packs import pack_problems, publish_pack


@dataclass(frozen=True)
class PackOutcome:
    """warnings: what no loaded release could tell."""

    items: LoadOutcome
    exams: LoadOutcome
    lessons: LessonOutcome
    warnings: list[Problem]


@transaction.atomic
def import_pack(*, texts: Mapping[str, str], by: User | None) -> PackOutcome:
    """Publishes a whole pack, given as its texts by path. Raises ContentError with every problem."""
    errors, warnings = pack_problems(texts)
    with TemporaryDirectory() as name:
        folder = Path(name) / "pack"
        pack_files.write_pack(texts, folder)
        errors += _course_problems(folder, pack_files.course_folders(texts))
        if errors:
            raise ContentError(errors)
        items, exams = publish_pack(texts=texts, by=by)
        has_courses = bool(pack_files.course_folders(texts))
        lessons = load_courses(path=folder, by=by) if has_courses else LessonOutcome()
    return PackOutcome(items, exams, lessons, warnings)


def _course_problems(folder: Path, courses: list[str]) -> list[Problem]:
    """What is wrong with each course and each lesson, their codes included."""
    found: list[Problem] = []
    for course in courses:
        for file in sorted((folder / course).rglob("*.md")):
            found += _lesson_problems(file, folder)
        try:
            read_course(folder / course / "course.yaml")
        except PackError as error:
            found.append(_problem(error, folder))
    return list(dict.fromkeys(found))  # a lesson that cannot be read spoils its course in the same words


def _lesson_problems(file: Path, folder: Path) -> list[Problem]:
    try:
        lesson = read_lesson(file)
    except PackError as error:
        return [_problem(error, folder)]
    name = file.relative_to(folder).as_posix()
    return [
        Problem(name, f"line {problem.line}", problem.words)
        for problem in check_lesson(lesson.body, lesson.as_of).problems
    ]


def _problem(error: PackError, folder: Path) -> Problem:
    """Its sentence begins with the path of a file below the folder."""
    words = str(error).replace(f"{folder}/", "").rstrip(".")
    path, _, rest = words.partition(" ")
    return Problem(path.rstrip(":"), "", rest)
