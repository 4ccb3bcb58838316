"""A folder of lessons as it ships: `<course>/course.yaml` and Markdown files with front matter. Pure.

`<course>/images/*.svg` are the drawings of its lessons. `cpt/<course>/*.md` beside the courses are lessons of
the CPT pack, which may be missing: in their course they stand where their file names put them.
"""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from courses.drawings import LONGEST_NAME, NAME, DrawingRefused, size_of
from quizzes import yaml_text

CPT = "cpt"
SYSTEMS = ("icd10cm", "hcpcs", "procedures", "all")
# characters, and minutes: what the columns of courses.models hold
LONGEST_SLUG = 80
LONGEST_COURSE_TITLE = 120
LONGEST_TITLE = 160
MOST = 32_767
_FRONT = re.compile(r"\A---\r?\n(.*?)\r?\n---\r?\n(.*)\Z", re.DOTALL)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class PackError(Exception):
    """The pack cannot be read; the sentence names the file and what to change."""


@dataclass(frozen=True)
class PackLesson:
    slug: str
    title: str
    lead: str
    minutes: int
    as_of: date
    body: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class PackDrawing:
    """width and height: of its viewBox."""

    name: str
    svg: str
    width: int
    height: int


@dataclass(frozen=True)
class PackCourse:
    slug: str
    title: str
    system: str
    summary: str
    position: int
    practice: str | None
    lessons: tuple[PackLesson, ...]
    drawings: tuple[PackDrawing, ...] = ()


def read_courses(folder: Path) -> list[PackCourse]:
    """Every course below the folder, in order of position. Raises PackError."""
    files = sorted(folder.glob("*/course.yaml"))
    if not files:
        raise PackError(f"{folder} holds no course: expected <course>/course.yaml.")
    return sorted((read_course(file) for file in files), key=lambda course: (course.position, course.slug))


def read_course(file: Path) -> PackCourse:
    """One course.yaml with the lessons that it names. Raises PackError."""
    data = _mapping(file, file.read_text(encoding="utf-8"))
    names = data.get("lessons") or []
    if not isinstance(names, list):
        raise PackError(f"{file}: lessons is not a list of Markdown files.")
    files = [file.parent / str(name) for name in names]
    if closed := list((file.parent.parent / CPT / file.parent.name).glob("*.md")):
        files = sorted([*files, *closed], key=lambda one: one.name)
    lessons = tuple(read_lesson(one) for one in files)
    slugs = [lesson.slug for lesson in lessons]
    for slug in slugs:
        if slugs.count(slug) > 1:
            raise PackError(f"{file}: two lessons have the slug {slug}.")
    practice = data.get("practice")
    if practice is not None and not isinstance(practice, str):
        raise PackError(f"{file}: practice is not a quiz by its slug.")
    return PackCourse(
        slug=_slug(file, data),
        title=_words(file, data, "title", LONGEST_COURSE_TITLE),
        system=_system(file, data),
        summary=_words(file, data, "summary"),
        position=_number(file, data, "position"),
        practice=practice,
        lessons=lessons,
        drawings=tuple(_read_drawing(one) for one in sorted((file.parent / "images").glob("*.svg"))),
    )


def _read_drawing(file: Path) -> PackDrawing:
    if not NAME.fullmatch(file.name):
        raise PackError(f"{file}: its name is not lower-case words joined by hyphens.")
    if len(file.name) > LONGEST_NAME:
        raise PackError(f"{file}: its name is longer than {LONGEST_NAME} characters.")
    try:
        svg = file.read_text(encoding="utf-8")
        return PackDrawing(file.name, svg, *size_of(svg))
    except (UnicodeDecodeError, DrawingRefused) as error:
        raise PackError(f"{file} is no drawing for a lesson: {error}.") from error


def read_lesson(file: Path) -> PackLesson:
    """One Markdown file: front matter between `---` lines, then the text. Raises PackError."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PackError(f"{file} is named in course.yaml but is not there.") from None
    except UnicodeDecodeError:
        raise PackError(f"{file} is not UTF-8 text.") from None
    parts = _FRONT.match(text)
    if parts is None:
        raise PackError(f"{file} does not begin with front matter between --- lines.")
    data = _mapping(file, parts[1])
    as_of = data.get("as_of")
    if not isinstance(as_of, date):
        raise PackError(f"{file}: as_of is missing or not a date such as 2026-05-01.")
    return PackLesson(
        slug=_slug(file, data),
        title=_words(file, data, "title", LONGEST_TITLE),
        lead=_words(file, data, "lead"),
        minutes=_number(file, data, "minutes"),
        as_of=as_of,
        body=parts[2].strip() + "\n",
        also=_slugs(file, data, "also"),
    )


def _mapping(file: Path, text: str) -> dict[str, Any]:
    try:
        data = yaml_text.load(text)
    except yaml_text.YamlRefused as error:
        raise PackError(f"{file} cannot be read: {error}.") from None
    if not isinstance(data, dict):
        raise PackError(f"{file} does not hold names and values.")
    return data


def _words(file: Path, data: dict[str, Any], name: str, longest: int | None = None) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value.strip():
        raise PackError(f"{file}: {name} is missing or not text.")
    words = value.strip()
    if longest is not None and len(words) > longest:
        raise PackError(f"{file}: {name} has {len(words)} characters, {longest} at most.")
    return words


def _system(file: Path, data: dict[str, Any]) -> str:
    value = _words(file, data, "system")
    if value not in SYSTEMS:
        raise PackError(f"{file}: system is none of {', '.join(SYSTEMS)}.")
    return value


def _number(file: Path, data: dict[str, Any], name: str) -> int:
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST:
        raise PackError(f"{file}: {name} is missing or not a number from 1 to {MOST:,}.")
    return value


def _slugs(file: Path, data: dict[str, Any], name: str) -> tuple[str, ...]:
    values = data.get(name) or []
    if not isinstance(values, list) or not all(
        isinstance(one, str) and _SLUG.fullmatch(one) for one in values
    ):
        raise PackError(f"{file}: {name} is not a list of items by their slugs.")
    return tuple(values)


def _slug(file: Path, data: dict[str, Any]) -> str:
    value = _words(file, data, "slug", LONGEST_SLUG)
    if not _SLUG.fullmatch(value):
        raise PackError(f"{file}: the slug {value!r} is not lower-case words joined by hyphens.")
    return value
