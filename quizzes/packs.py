"""Reads items and exams from a pack's YAML into plain values, and collects every problem. No database."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from codesets.systems import SYSTEMS
from quizzes import yaml_text
from quizzes.domains import DOMAINS
from quizzes.errors import Problem
from quizzes.kinds import KINDS, ItemContent, Served
from quizzes.kinds.base import code_problems
from quizzes.kinds.writing import plain

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 80
DIFFICULTIES = ("easy", "medium", "hard")
MODES = ("practice", "mock", "placement")
ITEM_REQUIRED = {
    "slug": str,
    "kind": str,
    "domain": str,
    "systems": list,
    "difficulty": str,
    "service_date": date,
    "stem": str,
    "key": (list, dict),
    "rationale": str,
}
ITEM_OPTIONAL = {
    "options": list,
    "accept": list,
    "references": list,
    "given": dict,
    "chart": list,
    "policy": dict,
}
EXAM_REQUIRED = {"slug": str, "title": str, "mode": str, "summary": str, "pass_mark": int, "sections": list}
EXAM_OPTIONAL = {"minutes": int, "grace_seconds": int}
SECTION_REQUIRED = {"title": str, "domain": str, "items": list}
SHAPE_ERRORS = (AttributeError, KeyError, TypeError, ValueError)
ODD_SHAPE = "it has a value in a shape that no item has there"
TYPE_NAMES = {
    (list, dict): "a list or a mapping",
    dict: "a mapping",
    str: "a text",
    list: "a list",
    date: "a date (YYYY-MM-DD)",
    int: "a whole number",
}


@dataclass(frozen=True)
class ItemSpec:
    """An item as its file or its form gives it."""

    slug: str
    domain: str
    difficulty: str
    content: ItemContent


@dataclass(frozen=True)
class SectionSpec:
    """items: (slug, form in which it is served)."""

    title: str
    domain: str
    items: list[tuple[str, str]]


@dataclass(frozen=True)
class ExamSpec:
    slug: str
    title: str
    mode: str
    summary: str
    minutes: int | None
    pass_mark: int
    grace_seconds: int
    sections: list[SectionSpec] = field(default_factory=list)


def read_items(text: str, file: str) -> tuple[list[ItemSpec], list[Problem]]:
    """The items of one file; an item with a problem is left out and its problems are named."""
    return _read_specs(text, file, item_problems, references=True)


def read_drafts(text: str, file: str) -> tuple[list[ItemSpec], list[Problem]]:
    """As read_items of a stranger's file: explanations may be missing still, YAML references are not read."""
    return _read_specs(text, file, draft_problems, references=False)


def _read_specs(
    text: str, file: str, find: Callable[[ItemSpec], list[str]], *, references: bool
) -> tuple[list[ItemSpec], list[Problem]]:
    rows, problems = _read_list(text, file, references=references)
    specs = []
    for row in rows:
        slug, found = _check_fields(row, ITEM_REQUIRED, ITEM_OPTIONAL)
        if not found:
            spec = _item(row)
            found = _find(find, spec)
            if not found:
                specs.append(spec)
        problems += [Problem(file, slug, message) for message in found]
    return specs, problems


def _find(find: Callable[[ItemSpec], list[str]], spec: ItemSpec) -> list[str]:
    """The kinds expect lists and texts in their places; a stranger's file may have neither."""
    try:
        return find(spec)
    except SHAPE_ERRORS:
        return [ODD_SHAPE]


def read_exams(text: str, file: str) -> tuple[list[ExamSpec], list[Problem]]:
    """The exams of one file, as read_items."""
    rows, problems = _read_list(text, file, references=True)
    specs = []
    for row in rows:
        slug, found = _check_fields(row, EXAM_REQUIRED, EXAM_OPTIONAL)
        if not found:
            found = _exam_problems(row)
            if not found:
                specs.append(_exam(row))
        problems += [Problem(file, slug, message) for message in found]
    return specs, problems


def item_problems(spec: ItemSpec) -> list[str]:
    """What is wrong with an item, whoever wrote it: the same rules for a pack and for a form."""
    found = _slug_problems(spec.slug)
    content = spec.content
    if content.kind not in KINDS:
        return [*found, f"{content.kind!r} is not an item kind ({', '.join(KINDS)})"]
    if spec.domain not in DOMAINS:
        found.append(f"{spec.domain!r} is not a domain ({', '.join(DOMAINS)})")
    if spec.difficulty not in DIFFICULTIES:
        found.append(f"{spec.difficulty!r} is not a difficulty ({', '.join(DIFFICULTIES)})")
    found += [f"{name!r} is not a code system" for name in content.systems if name not in set(SYSTEMS)]
    found += [f"the {name} is empty" for name in ("stem", "rationale") if not getattr(content, name).strip()]
    rows = [*content.options, *content.accept, *content.references, *content.chart]
    if not all(isinstance(row, dict) for row in rows):
        return [*found, "options, accept, references and chart are lists of mappings"]
    if isinstance(content.key, dict) != KINDS[content.kind].has_chart:
        return [*found, "the key of a case is a mapping, that of any other item a list"]
    if not KINDS[content.kind].has_chart and (content.given or content.chart or content.policy):
        found.append("only a case has given, chart and policy")
    for reference in content.references:
        found += _reference_problems(reference)
    return found + KINDS[content.kind].problems(content)


def draft_problems(spec: ItemSpec) -> list[str]:
    """What keeps an item from being a draft: all that is wrong with it, save explanations that are empty."""
    content = spec.content
    options = [
        {**option, "why": "-"} if isinstance(option, dict) and option.get("why") == "" else option
        for option in content.options
    ]
    explained = replace(content, rationale=content.rationale or "-", options=options)
    return item_problems(replace(spec, content=explained))


def duplicate_slugs(slugs: list[tuple[str, str]]) -> list[Problem]:
    """For (file, slug) pairs: each place after the first where a slug stands again."""
    counts = Counter(slug for _, slug in slugs)
    seen: set[str] = set()
    problems = []
    for file, slug in slugs:
        if counts[slug] > 1 and slug in seen:
            problems.append(Problem(file, slug, "this slug stands more than once"))
        seen.add(slug)
    return problems


def _read_list(text: str, file: str, *, references: bool) -> tuple[list[dict], list[Problem]]:
    try:
        rows = yaml_text.load(text, references=references)
    except yaml_text.YamlRefused as error:
        return [], [Problem(file, "", f"{error} (line {error.line})" if error.line else str(error))]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return [], [Problem(file, "", "the file must hold a list of mappings")]
    return rows, []


def _check_fields(row: dict, required: dict, optional: dict) -> tuple[str, list[str]]:
    """The slug to name it by, and what its fields lack."""
    slug = str(row.get("slug", "without slug"))
    found = [f"the field {name} is missing" for name in required if row.get(name) is None]
    for name, kind in {**required, **optional}.items():
        value = row.get(name)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            found.append(f"{name} must be {TYPE_NAMES[kind]}")
    found += [f"the field {name} is unknown" for name in row if name not in {**required, **optional}]
    return slug, found


def _item(row: dict[str, Any]) -> ItemSpec:
    content = ItemContent(
        kind=row["kind"],
        systems=tuple(map(str, row["systems"])),
        service_date=row["service_date"],
        stem=row["stem"],
        options=row.get("options") or [],
        key=plain(row["key"]),
        accept=row.get("accept") or [],
        rationale=row["rationale"],
        references=row.get("references") or [],
        given=plain(row.get("given") or {}),
        chart=row.get("chart") or [],
        policy=row.get("policy") or {},
    )
    return ItemSpec(row["slug"], row["domain"], row["difficulty"], content)


def _slug_problems(slug: str) -> list[str]:
    if SLUG.fullmatch(slug) and len(slug) <= LONGEST_SLUG:
        return []
    return [f"a slug is lower-case words with dashes, at most {LONGEST_SLUG} characters"]


def _reference_problems(reference: dict) -> list[str]:
    if len(reference) == 1 and any(isinstance(reference.get(name), str) for name in ("guideline", "index")):
        return []
    if "code" in reference and set(reference) <= {"code", "note"}:
        return code_problems(reference["code"], "a reference")
    return ["a reference is a guideline, a path in the index, or a code with an optional note"]


def _exam_problems(row: dict[str, Any]) -> list[str]:
    found = _slug_problems(row["slug"])
    minutes = row.get("minutes")
    if row["mode"] not in MODES:
        found.append(f"{row['mode']!r} is not a mode ({', '.join(MODES)})")
    elif row["mode"] != "mock" and minutes is not None:
        found.append("only a mock exam has a clock: minutes must be null")
    elif row["mode"] == "mock" and not (minutes and 1 <= minutes <= 1440):
        found.append("a mock exam needs minutes between 1 and 1440")
    if not 1 <= row["pass_mark"] <= 100:
        found.append("pass_mark is a percent between 1 and 100")
    if not 0 <= row.get("grace_seconds", 30) <= 600:
        found.append("grace_seconds lies between 0 and 600")
    if not row["sections"]:
        found.append("an exam needs a section")
    items: list[str] = []
    for section in row["sections"]:
        if not isinstance(section, dict):
            return [*found, "a section is a mapping"]
        _, wrong = _check_fields(section, SECTION_REQUIRED, {})
        found += [f"section {section.get('title')!r}: {message}" for message in wrong]
        if not wrong:
            if section["domain"] not in DOMAINS:
                found.append(f"section {section['title']!r}: {section['domain']!r} is not a domain")
            found += [
                f"section {section['title']!r}: an item is a slug, or a mapping of item and served "
                f"({', '.join(Served)})"
                for seat in section["items"]
                if _seat(seat) is None
            ]
            items += [seat[0] for one in section["items"] if (seat := _seat(one))]
    found += [f"the item {slug} stands twice" for slug, count in Counter(items).items() if count > 1]
    return found


def _seat(value: Any) -> tuple[str, str] | None:
    """(slug, form) from "slug" or {"item": slug, "served": "half"}; None for anything else."""
    if not isinstance(value, dict):
        return str(value), Served.ALONE.value
    if set(value) == {"item", "served"} and value["served"] in set(Served):
        return str(value["item"]), value["served"]
    return None


def _exam(row: dict[str, Any]) -> ExamSpec:
    return ExamSpec(
        slug=row["slug"],
        title=row["title"],
        mode=row["mode"],
        summary=row["summary"],
        minutes=row.get("minutes"),
        pass_mark=row["pass_mark"],
        grace_seconds=row.get("grace_seconds", 30),
        sections=[
            SectionSpec(
                section["title"],
                section["domain"],
                [seat for one in section["items"] if (seat := _seat(one))],
            )
            for section in row["sections"]
        ],
    )
