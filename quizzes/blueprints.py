"""Reads blueprints from YAML into plain values, and collects every problem. No database."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from quizzes import packs
from quizzes.errors import Problem
from quizzes.packs import SectionSpec

REQUIRED = {
    "slug": str,
    "title": str,
    "summary": str,
    "source": str,
    "source_on": date,
    "minutes": int,
    "pass_mark": int,
    "books": bool,
    "sections": list,
}
OPTIONAL = {"unscored": int, "provisional": bool}


@dataclass(frozen=True)
class BlueprintSpec:
    """source: where the outline stands, in words. Each section draws."""

    slug: str
    title: str
    summary: str
    source: str
    source_on: date
    minutes: int
    pass_mark: int
    books: bool
    unscored: int = 0
    provisional: bool = False
    sections: list[SectionSpec] = field(default_factory=list)


def read_blueprints(text: str, file: str) -> tuple[list[BlueprintSpec], list[Problem]]:
    """The blueprints of one file; one with a problem is left out and its problems are named."""
    rows, problems = packs.read_list(text, file, references=True)
    specs = []
    for row in rows:
        slug, found = packs.check_fields(row, REQUIRED, OPTIONAL)
        found = found or _problems(row)
        if not found:
            sections = [packs.read_section(_drawing(section)) for section in row["sections"]]
            specs.append(BlueprintSpec(**{**row, "sections": sections}))
        problems += [Problem(file, slug, message) for message in found]
    return specs, problems


def _problems(row: dict[str, Any]) -> list[str]:
    found = packs.slug_problems(row["slug"])
    if not row["sections"]:
        found.append("a blueprint needs a section")
    if not 1 <= row["minutes"] <= 1440:
        found.append("minutes lies between 1 and 1440")
    if not 1 <= row["pass_mark"] <= 100:
        found.append("pass_mark is a percent between 1 and 100")
    if not 0 <= row.get("unscored", 0) <= 100:
        found.append("unscored lies between 0 and 100")
    for section in row["sections"]:
        if not isinstance(section, dict):
            return [*found, "a section is a mapping"]
        if type(section.get("items")) is not int:
            return [*found, f"section {section.get('title')!r}: items is how many it draws"]
        found += packs.section_problems(_drawing(section))
    return found


def _drawing(section: dict[str, Any]) -> dict[str, Any]:
    """A section of an outline says `items: 6` where one of an exam says `draws: 6`."""
    return {"draws" if name == "items" else name: value for name, value in section.items()}


def to_rows(sections: Iterable[SectionSpec]) -> list[dict[str, Any]]:
    """The sections as Blueprint.sections keeps them."""
    names = ("title", "domain", "domains", "kinds", "care")
    return [{**{name: asdict(one)[name] for name in names}, "items": one.draws} for one in sections]


def from_rows(rows: Iterable[dict[str, Any]]) -> list[SectionSpec]:
    return [packs.read_section(_drawing(row)) for row in rows]
