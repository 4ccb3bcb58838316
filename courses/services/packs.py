"""Taking in a pack: its items, its exams, then its lessons, published together or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from accounts.models import User
from courses.checks import Around, check_lesson
from courses.drawings import Drawing
from courses.markdown import IMAGES
from courses.models import Course
from courses.packs import CPT, PackError, read_course, read_lesson
from courses.selectors.around import askable_items, drawings_of, known_items
from courses.services.content import LoadOutcome as LessonOutcome
from courses.services.content import load_courses
from quizzes import pack_files
from quizzes.errors import ContentError, Problem
from quizzes.models import Item, ItemStatus
from quizzes.packs import read_items
from quizzes.services.items import LoadOutcome
from quizzes.services.packs import askable_slugs, pack_problems, publish_pack


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
        errors += _course_problems(folder, texts)
        if errors:
            raise ContentError(errors)
        items, exams = publish_pack(texts=texts, by=by)
        has_courses = bool(pack_files.course_folders(texts))
        lessons = load_courses(path=folder, by=by) if has_courses else LessonOutcome()
    return PackOutcome(items, exams, lessons, warnings)


def _course_problems(folder: Path, texts: Mapping[str, str]) -> list[Problem]:
    """What is wrong with each course and each lesson, their codes, drawings and questions included."""
    askable, packed = _askable(texts), _item_slugs(texts)
    found: list[Problem] = []
    for course in pack_files.course_folders(texts):
        drawings, problems = _drawings(folder, course)
        for file in _lesson_files(folder, course):
            found += _lesson_problems(file, folder, Around(drawings, askable), packed)
        found += problems
    return list(dict.fromkeys(found))  # a lesson that cannot be read spoils its course in the same words


def _askable(texts: Mapping[str, str]) -> set[str]:
    """The slugs that a lesson may ask, once the pack is in: a load publishes nothing that is set aside or in
    review.
    """
    kept = Item.objects.filter(status__in=(ItemStatus.SET_ASIDE, ItemStatus.IN_REVIEW))
    return askable_items() | (askable_slugs(texts) - set(kept.values_list("slug", flat=True)))


def _item_slugs(texts: Mapping[str, str]) -> set[str]:
    files = pack_files.item_files(texts)
    return {spec.slug for path, text in files.items() for spec in read_items(text, path)[0]}


def _lesson_files(folder: Path, course: str) -> list[Path]:
    """Those of the CPT pack, which read_course takes in too, behind the course's own."""
    return sorted((folder / course).rglob("*.md")) + sorted((folder / CPT / course).glob("*.md"))


def _drawings(folder: Path, course: str) -> tuple[dict[str, Drawing], list[Problem]]:
    """Those that the course has already and those of the pack, with what keeps the course from being read."""
    try:
        read = read_course(folder / course / "course.yaml")
    except PackError as error:
        return {}, [_problem(error, folder)]
    known = Course.objects.filter(slug=read.slug).first()
    ours = {f"{IMAGES}{one.name}": Drawing("", one.width, one.height) for one in read.drawings}
    return (drawings_of(known.pk) if known else {}) | ours, []


def _lesson_problems(file: Path, folder: Path, around: Around, packed: set[str]) -> list[Problem]:
    """packed: the slugs of the pack's items; the bank has the others that a lesson may prepare for."""
    try:
        lesson = read_lesson(file)
    except PackError as error:
        return [_problem(error, folder)]
    name = file.relative_to(folder).as_posix()
    also = set(lesson.also) - packed
    return [
        Problem(name, f"line {problem.line}", problem.words)
        for problem in check_lesson(lesson.body, lesson.as_of, around).problems
    ] + [Problem(name, "also", f"There is no item {slug}.") for slug in sorted(also - known_items(also))]


def _problem(error: PackError, folder: Path) -> Problem:
    """Its sentence begins with the path of a file below the folder."""
    words = str(error).replace(f"{folder}/", "").rstrip(".")
    path, _, rest = words.partition(" ")
    return Problem(path.rstrip(":"), "", rest)
