"""Packs as files: a folder or a bounded zip into texts, and items and exams into YAML. No database.

<course>/course.yaml and its *.md     lessons, as courses.packs reads them
<course>/images/*.svg                 their drawings
items/ and cases/ with *.yaml         items, as quizzes.packs reads them
exams.yaml                            quizzes and exams
"""

import stat
import zipfile
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import date
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from quizzes import yaml_text
from quizzes.errors import ContentError, Problem
from quizzes.kinds.claims import DATES
from quizzes.packs import ExamSpec, ItemSpec, SectionSpec

MOST_FILES = 2_000  # entries of a zip, folders included
LARGEST_FILE = 2 * 1024 * 1024  # bytes of one text
LARGEST_PACK = 4 * 1024 * 1024  # bytes of all texts together; what ships is a tenth of it
SUFFIXES = (".yaml", ".yml", ".md", ".svg")
ITEM_FOLDERS = ("items", "cases")
EXAMS = "exams.yaml"
YAML_PLACES = "items/, cases/, exams.yaml or a course"
DRAWINGS = "<course>/images/<name>.svg"
_HEAD = ("slug", "kind", "domain", "systems", "difficulty", "service_date")
_TAGS = ("family", "care")
_BODY = ("stem", "given", "chart", "options", "key", "accept", "rationale", "references", "policy")
_NEEDED = {"stem", "key", "rationale"}
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


def read_pack(path: Path) -> dict[str, str]:
    """The texts of a folder or zip by their path in the pack. Raises ContentError with every problem."""
    if path.is_dir():
        return _read_folder(path)
    if not path.is_file():
        raise ContentError([Problem(path.name, "", "there is no such folder or zip")])
    return read_zip(path.read_bytes(), path.name)


def read_zip(data: bytes, name: str) -> dict[str, str]:
    """The texts of a zip by their path in the pack. `name` is what messages call it.

    A folder that holds all the rest is left out of the paths. Raises ContentError for what is no zip, is too
    much, or names a place outside of itself.
    """
    if data.count(b"PK\x01\x02") > MOST_FILES:  # before a directory of any length is read
        raise ContentError([Problem(name, "", f"it holds more than {MOST_FILES:,} files")])
    texts: dict[str, bytes] = {}
    left = LARGEST_PACK
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for entry in archive.infolist():
                _guard_entry(entry, name)
                if not _is_read(entry.filename):
                    continue
                if entry.filename in texts:
                    raise ContentError([Problem(entry.filename, "", "it stands in the zip twice")])
                with archive.open(entry) as file:
                    texts[entry.filename] = file.read(min(LARGEST_FILE, left) + 1)
                left = _left(texts[entry.filename], entry.filename, left)
    except _BAD_ZIP as error:
        raise ContentError([Problem(name, "", f"it is broken or no zip: {error}")]) from error
    return _decoded(_without_outer_folder(texts))


def item_files(texts: Mapping[str, str]) -> dict[str, str]:
    """The YAML of items and cases among a pack's texts."""
    return {path: text for path, text in texts.items() if path.partition("/")[0] in ITEM_FOLDERS}


def course_folders(texts: Mapping[str, str]) -> list[str]:
    return sorted(
        path.removesuffix("/course.yaml")
        for path in texts
        if path.endswith("/course.yaml") and path.count("/") == 1
    )


def layout_problems(texts: Mapping[str, str]) -> list[Problem]:
    """Each file that stands where nothing reads it, so that a wrong name loses nothing in silence."""
    courses = course_folders(texts)
    found = [
        Problem(path, "", f"nothing reads it here: see {DRAWINGS if _is_drawing(path) else YAML_PLACES}")
        for path in texts
        if not _is_in_place(path, courses)
    ]
    if not found and not item_files(texts) and EXAMS not in texts and not courses:
        found.append(Problem("the pack", "", "it holds no items, no exams.yaml and no <course>/course.yaml"))
    return found


def _is_drawing(path: str) -> bool:
    return path.endswith(".svg")


def _is_in_place(path: str, courses: Collection[str]) -> bool:
    top, *below = path.split("/")
    if _is_drawing(path):
        return top in courses and below[:-1] == ["images"]
    is_items = top in ITEM_FOLDERS and bool(below) and path.endswith(".yaml")
    return path == EXAMS or is_items or top in courses or path.endswith(".md")


def write_items(specs: Iterable[ItemSpec]) -> str:
    """The items as YAML that quizzes.packs reads back to the same values."""
    return _write([_item_row(spec) for spec in specs])


def write_exams(specs: Iterable[ExamSpec]) -> str:
    return _write([_exam_row(spec) for spec in specs])


def write_mapping(row: dict[str, Any]) -> str:
    """One mapping of texts and numbers: the front matter of a lesson, a course.yaml."""
    return yaml_text.dump(row)


def write_pack(texts: Mapping[str, str], path: Path) -> None:
    """A zip where the path ends in .zip, else a folder. Neither may be there. Raises ContentError."""
    if path.exists():
        raise ContentError([Problem(path.name, "", "it exists already; give another path")])
    if path.suffix == ".zip":
        path.write_bytes(zip_of(texts))
        return
    for name, text in texts.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def zip_of(texts: Mapping[str, str]) -> bytes:
    """The same texts always give the same bytes."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, text.encode())
    return out.getvalue()


def _read_folder(folder: Path) -> dict[str, str]:
    texts: dict[str, bytes] = {}
    left = LARGEST_PACK
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file.is_file() and _is_read(name):
            with file.open("rb") as opened:
                texts[name] = opened.read(min(LARGEST_FILE, left) + 1)
            left = _left(texts[name], name, left)
    return _decoded(texts)


def _is_read(name: str) -> bool:
    """Hidden files and what a Mac adds to a zip are no part of a pack, nor is anything but text."""
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return not hidden and not name.endswith("/") and name.endswith(SUFFIXES)


def _guard_entry(entry: zipfile.ZipInfo, name: str) -> None:
    path = entry.filename
    outside = path.startswith("/") or "\\" in path or ":" in path or ".." in path.split("/")
    if outside or stat.S_ISLNK(entry.external_attr >> 16):
        raise ContentError([Problem(name, "", f"it names a place outside of itself: {path[:80]!r}")])
    if entry.flag_bits & 1:
        raise ContentError([Problem(name, "", f"{path[:80]} is encrypted")])
    if entry.compress_type not in _METHODS:
        raise ContentError([Problem(name, "", f"{path[:80]} is packed in a way that is not read here")])


def _left(data: bytes, name: str, left: int) -> int:
    if len(data) > left:
        raise ContentError([Problem(name, "", f"the pack is larger than {LARGEST_PACK // 2**20} MB of text")])
    if len(data) > LARGEST_FILE:
        raise ContentError([Problem(name, "", f"it is larger than {LARGEST_FILE // 2**20} MB")])
    return left - len(data)


def _without_outer_folder(texts: dict[str, bytes]) -> dict[str, bytes]:
    tops = {path.partition("/")[0] for path in texts}
    top = next(iter(tops), "")
    is_wrapped = len(tops) == 1 and top not in ITEM_FOLDERS and all("/" in path for path in texts)
    if not is_wrapped or f"{top}/course.yaml" in texts:
        return texts
    return {path.partition("/")[2]: data for path, data in texts.items()}


def _decoded(texts: Mapping[str, bytes]) -> dict[str, str]:
    found, problems = {}, []
    for path, data in sorted(texts.items()):
        try:
            found[path] = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            problems.append(Problem(path, "", "it is not UTF-8 text"))
    if problems:
        raise ContentError(problems)
    return found


def _item_row(spec: ItemSpec) -> dict[str, Any]:
    """In the order in which people write them; what is empty and may be left out is."""
    content = asdict(spec.content)
    row = {**asdict(spec), **content}
    row["systems"] = list(spec.content.systems)
    row["given"] = _with_dates(content["given"])
    return {
        name: row[name] for name in (*_HEAD, *_TAGS, *_BODY) if row[name] or name in _NEEDED or name in _HEAD
    }


def _with_dates(given: dict[str, Any]) -> dict[str, Any]:
    """The face sheet's dates as dates, which YAML writes without quotes."""
    return {
        name: date.fromisoformat(value) if name in DATES and _is_date(value) else value
        for name, value in given.items()
    }


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _exam_row(spec: ExamSpec) -> dict[str, Any]:
    """What is left to the blueprint, or is as it is anyway, is left out."""
    row = {name: value for name, value in asdict(spec).items() if value is not None or name == "minutes"}
    if spec.blueprint is not None and spec.minutes is None:
        del row["minutes"]
    for name, usual in (("choice", False), ("release", "at_once"), ("sections", [])):
        if row[name] == usual:
            del row[name]
    if spec.sections:
        row["sections"] = [_section_row(section) for section in spec.sections]
    return row


def _section_row(section: SectionSpec) -> dict[str, Any]:
    row: dict[str, Any] = {"title": section.title, "domain": section.domain}
    if section.draws is None:
        items = [
            slug if served == "alone" else {"item": slug, "served": served} for slug, served in section.items
        ]
        return {**row, "items": items}
    row |= {"draws": section.draws, "domains": section.domains}
    return row | {name: value for name in ("kinds", "care") if (value := getattr(section, name))}


def _write(rows: list[dict[str, Any]]) -> str:
    """Items stand apart by an empty line."""
    return "\n".join(yaml_text.dump([row]) for row in rows)
