"""The standard of what ships: what can be proved of the words of lessons and items, read from their files.

Whether codes are in the books, and keys earn their credit, is for courses.checks and quizzes.checks, which
ask the database.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from courses.drawings import words_of
from courses.markdown import RenderedLesson, render_lesson
from courses.packs import CPT, PackCourse, PackLesson, read_courses
from quizzes.checks import standard_problems
from quizzes.domains import DOMAINS
from quizzes.errors import ContentError
from quizzes.packs import DIFFICULTIES, ExamSpec, ItemSpec, read_exams, read_items
from quizzes.services.items import content_files
from quizzes.wording import BankFigures, bank_figures, cpt_numbers

FEWEST_CHECKS, MOST_CHECKS = 3, 5
SHORTEST, LONGEST = 20, 30  # minutes
HEADINGS = (
    "What you will be able to do",
    "Worked example",
    "Half done: finish it",
    "On your own",
    "Check yourself",
    "What coders get wrong",
    "Where it stands in the books",
    "Answers",
)


@dataclass(frozen=True)
class Shipped:
    """Everything that ships, as its files have it."""

    courses: list[PackCourse]
    items: list[ItemSpec]
    exams: list[ExamSpec]

    @property
    def figures(self) -> BankFigures:
        return bank_figures(spec.content for spec in self.items)


def read_shipped(courses: Path, quizzes: Path) -> Shipped:
    """Raises PackError and ContentError, with every problem of the items."""
    items, exams, problems = [], [], []
    for place in (quizzes, quizzes / CPT):
        if not place.is_dir():
            continue
        for file in content_files(place / "items"):
            found, wrong = read_items(file.read_text(encoding="utf-8"), file.name)
            items += found
            problems += wrong
        file = place / "exams.yaml"
        read, wrong = read_exams(file.read_text(encoding="utf-8"), file.name)
        exams += read
        problems += wrong
    if problems:
        raise ContentError(problems)
    return Shipped(read_courses(courses), items, exams)


def problems_of(shipped: Shipped) -> list[str]:
    """What falls short of the standard, a sentence each."""
    found = standard_problems(shipped.items)
    for course in shipped.courses:
        found += [f"{place}: {problem}" for place, problem in _course(course)]
    return found


def _course(course: PackCourse) -> Iterable[tuple[str, str]]:
    """(place, what is wrong there). A course's own words and its drawings are closed to nobody."""
    yield from ((course.slug, problem) for problem in _numbers(f"{course.title}\n{course.summary}"))
    for drawing in course.drawings:
        place = f"{course.slug}/{drawing.name}"
        yield from ((place, problem) for problem in _numbers(words_of(drawing.svg)))
    for lesson in course.lessons:
        yield from ((f"{course.slug}/{lesson.slug}", problem) for problem in _lesson(lesson))


def _lesson(lesson: PackLesson) -> Iterable[str]:
    rendered = _rendered(lesson.body)
    yield from rendered.reading.problems()
    if not SHORTEST <= lesson.minutes <= LONGEST:
        yield f"it takes {lesson.minutes} minutes, not {SHORTEST} to {LONGEST}"
    if not FEWEST_CHECKS <= len(rendered.checks) <= MOST_CHECKS:
        yield f"it asks {len(rendered.checks)} questions, not {FEWEST_CHECKS} to {MOST_CHECKS}"
    headings = {heading.text for heading in rendered.outline}
    yield from (f"it has no section {name!r}" for name in HEADINGS if name not in headings)
    if not any(reference.system == CPT for reference in rendered.unknown):
        yield from _numbers(f"{lesson.title}\n{lesson.lead}\n{lesson.body}")


def _numbers(text: str) -> Iterable[str]:
    if numbers := cpt_numbers(text):
        yield f"it names what may be a CPT number ({', '.join(numbers)}) outside of the CPT pack"


def counts(shipped: Shipped) -> list[str]:
    """Lines for a reader: by course and section of its quiz, then by domain and difficulty."""
    exams = {exam.slug: exam for exam in shipped.exams}
    difficulty = {spec.slug: spec.difficulty for spec in shipped.items}
    lines = ["Course; lessons, minutes, questions in them; sections of its quiz"]
    for course in shipped.courses:
        asked = [slug for lesson in course.lessons for slug in _rendered(lesson.body).checks]
        minutes = sum(lesson.minutes for lesson in course.lessons)
        lines.append(f"  {course.slug}: {len(course.lessons)}, {minutes}, {_mix(asked, difficulty)}")
        for section in exams[course.practice].sections if course.practice in exams else []:
            slugs = [slug for slug, _ in section.items]
            lines.append(f"    {section.title}: {_mix(slugs, difficulty)}")
    lines.append("Domain; items")
    for domain, name in DOMAINS.items():
        slugs = [spec.slug for spec in shipped.items if spec.domain == domain]
        if slugs:
            lines.append(f"  {name}: {_mix(slugs, difficulty)}")
    figures = shipped.figures
    places = ", ".join(f"{place} {share:.0f}%" for place, (share, _) in figures.positions.items())
    lines.append(
        f"{figures.items} items with one right option: the key is the longest in {figures.longest:.0%}, and "
        f"stands at {places}"
    )
    return lines


@cache
def _rendered(body: str) -> RenderedLesson:
    """Without the books: every code of it is unknown."""
    return render_lesson(body, lambda pairs: {})


def _mix(slugs: Sequence[str], difficulty: dict[str, str]) -> str:
    """ "20 (6 easy, 10 medium, 4 hard)" """
    counted = Counter(difficulty[slug] for slug in slugs if slug in difficulty)
    parts = ", ".join(f"{counted[level]} {level}" for level in DIFFICULTIES if counted[level])
    return f"{len(slugs)} ({parts})" if parts else str(len(slugs))
