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
CARE = ("inpatient", "outpatient", "emergency")
RELEASES = ("at_once", "by_instructor", "score_only")  # a file has no window that one could wait for
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
    "family": str,
    "care": str,
    "options": list,
    "accept": list,
    "references": list,
    "given": dict,
    "chart": list,
    "policy": dict,
}
EXAM_REQUIRED = {"slug": str, "title": str, "mode": str, "summary": str}
EXAM_OPTIONAL = {
    "blueprint": str,
    "minutes": int,
    "pass_mark": int,
    "grace_seconds": int,
    "unscored": int,
    "books": bool,
    "choice": bool,
    "release": str,
    "sections": list,
}
ONLY_MOCK = ("blueprint", "unscored", "books", "choice", "release")
SECTION_REQUIRED = {"title": str, "domain": str}
SECTION_OPTIONAL = {"items": list, "draws": int, "domains": list, "kinds": list, "care": list}
SHAPE_ERRORS = (AttributeError, KeyError, TypeError, ValueError)
ODD_SHAPE = "it has a value in a shape that no item has there"
TYPE_NAMES = {
    (list, dict): "a list or a mapping",
    dict: "a mapping",
    str: "a text",
    list: "a list",
    date: "a date (YYYY-MM-DD)",
    int: "a whole number",
    bool: "true or false",
}


@dataclass(frozen=True)
class ItemSpec:
    """An item as its file or its form gives it."""

    slug: str
    domain: str
    difficulty: str
    content: ItemContent
    family: str = ""
    care: str = ""


@dataclass(frozen=True)
class SectionSpec:
    """items: (slug, form in which it is served), or none where the section draws.

    draws: how many items each attempt draws from these domains, kinds and places of care; no kinds or care is
    any.
    """

    title: str
    domain: str
    items: list[tuple[str, str]] = field(default_factory=list)
    draws: int | None = None
    domains: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    care: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ExamSpec:
    """pass_mark, books, unscored, minutes and sections are the blueprint's where they are left out (None or
    none).
    """

    slug: str
    title: str
    mode: str
    summary: str
    minutes: int | None
    pass_mark: int | None
    grace_seconds: int
    sections: list[SectionSpec] = field(default_factory=list)
    blueprint: str | None = None
    unscored: int | None = None
    books: bool | None = None
    choice: bool = False
    release: str = "at_once"


def read_items(text: str, file: str) -> tuple[list[ItemSpec], list[Problem]]:
    """The items of one file; an item with a problem is left out and its problems are named."""
    return _read_specs(text, file, item_problems, references=True)


def read_drafts(text: str, file: str) -> tuple[list[ItemSpec], list[Problem]]:
    """As read_items of a stranger's file: explanations may be missing still, YAML references are not read."""
    return _read_specs(text, file, draft_problems, references=False)


def _read_specs(
    text: str, file: str, find: Callable[[ItemSpec], list[str]], *, references: bool
) -> tuple[list[ItemSpec], list[Problem]]:
    rows, problems = read_list(text, file, references=references)
    specs = []
    for row in rows:
        slug, found = check_fields(row, ITEM_REQUIRED, ITEM_OPTIONAL)
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
    rows, problems = read_list(text, file, references=True)
    specs = []
    for row in rows:
        spec, found = read_exam(row)
        if spec is not None:
            specs.append(spec)
        problems += [Problem(file, str(row.get("slug", "without slug")), message) for message in found]
    return specs, problems


def read_exam(row: dict[str, Any]) -> tuple[ExamSpec | None, list[str]]:
    """One exam, from a file or a form; None with everything that is wrong with it."""
    _, found = check_fields(row, EXAM_REQUIRED, EXAM_OPTIONAL)
    found = found or _exam_problems(row)
    return (None, found) if found else (_exam(row), [])


def item_problems(spec: ItemSpec) -> list[str]:
    """What is wrong with an item, whoever wrote it: the same rules for a pack and for a form."""
    found = slug_problems(spec.slug)
    content = spec.content
    if content.kind not in KINDS:
        return [*found, f"{content.kind!r} is not an item kind ({', '.join(KINDS)})"]
    if spec.domain not in DOMAINS:
        found.append(f"{spec.domain!r} is not a domain ({', '.join(DOMAINS)})")
    if spec.difficulty not in DIFFICULTIES:
        found.append(f"{spec.difficulty!r} is not a difficulty ({', '.join(DIFFICULTIES)})")
    found += [f"{name!r} is not a code system" for name in content.systems if name not in set(SYSTEMS)]
    if spec.family and slug_problems(spec.family):
        found.append("a family is named like a slug: lower-case words with dashes")
    if spec.care and (spec.care not in CARE or not KINDS[content.kind].has_chart):
        found.append(f"care is where the patient of a case was cared for ({', '.join(CARE)})")
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


def read_list(text: str, file: str, *, references: bool) -> tuple[list[dict], list[Problem]]:
    try:
        rows = yaml_text.load(text, references=references)
    except yaml_text.YamlRefused as error:
        return [], [Problem(file, "", f"{error} (line {error.line})" if error.line else str(error))]
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return [], [Problem(file, "", "the file must hold a list of mappings")]
    return rows, []


def check_fields(row: dict, required: dict, optional: dict) -> tuple[str, list[str]]:
    """The slug to name it by, and what its fields lack."""
    slug = str(row.get("slug", "without slug"))
    found = [f"the field {name} is missing" for name in required if row.get(name) is None]
    for name, kind in {**required, **optional}.items():
        value = row.get(name)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool) != (kind is bool)):
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
    return ItemSpec(
        row["slug"], row["domain"], row["difficulty"], content, row.get("family", ""), row.get("care", "")
    )


def slug_problems(slug: str) -> list[str]:
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
    found = slug_problems(row["slug"])
    if row["mode"] not in MODES:
        found.append(f"{row['mode']!r} is not a mode ({', '.join(MODES)})")
    elif row["mode"] != "mock":
        found += [f"only a mock exam has {name}" for name in ONLY_MOCK if row.get(name) is not None]
        if row.get("minutes") is not None:
            found.append("only a mock exam has a clock: minutes must be null")
    found += _figure_problems(row)
    sections = row.get("sections") or []
    if not sections and not row.get("blueprint"):
        found.append("an exam needs a section")
    items: list[str] = []
    for section in sections:
        if not isinstance(section, dict):
            return [*found, "a section is a mapping"]
        found += section_problems(section)
        if row["mode"] != "mock" and section.get("draws"):
            found.append(f"section {section.get('title')!r}: only a mock exam draws its items")
        items += [seat[0] for one in section.get("items") or [] if (seat := _seat(one))]
    found += [f"the item {slug} stands twice" for slug, count in Counter(items).items() if count > 1]
    if row.get("unscored") and sections and not any(section.get("draws") for section in sections):
        found.append("unscored items are drawn: a section must say how many it draws")
    return found


def _figure_problems(row: dict[str, Any]) -> list[str]:
    """Of the figures that an exam may leave to its blueprint, where it has one."""
    found = []
    minutes, pass_mark, is_mock = row.get("minutes"), row.get("pass_mark"), row["mode"] == "mock"
    has_blueprint = bool(row.get("blueprint"))
    if is_mock and (not has_blueprint if minutes is None else not 1 <= minutes <= 1440):
        found.append("a mock exam needs minutes between 1 and 1440")
    if not has_blueprint if pass_mark is None else not 1 <= pass_mark <= 100:
        found.append("pass_mark is a percent between 1 and 100")
    if not 0 <= row.get("grace_seconds", 30) <= 600:
        found.append("grace_seconds lies between 0 and 600")
    if not 0 <= (row.get("unscored") or 0) <= 100:
        found.append("unscored lies between 0 and 100")
    if row.get("release", "at_once") not in RELEASES:
        found.append(f"release is one of {', '.join(RELEASES)}")
    return found


def section_problems(section: dict[str, Any]) -> list[str]:
    """What is wrong with a section, of an exam or a blueprint; each sentence names it."""
    _, found = check_fields(section, SECTION_REQUIRED, SECTION_OPTIONAL)
    if not found:
        if section["domain"] not in DOMAINS:
            found.append(f"{section['domain']!r} is not a domain")
        found += _drawing_problems(section) if "draws" in section else _listing_problems(section)
    return [f"section {section.get('title')!r}: {message}" for message in found]


def _listing_problems(section: dict[str, Any]) -> list[str]:
    if section.get("items") is None:
        return ["it lists items, or says with draws how many it draws"]
    if any(section.get(name) for name in ("domains", "kinds", "care")):
        return ["only a section that draws has domains, kinds and care"]
    return [
        f"an item is a slug, or a mapping of item and served ({', '.join(Served)})"
        for seat in section["items"]
        if _seat(seat) is None
    ]


def _drawing_problems(section: dict[str, Any]) -> list[str]:
    found = []
    if section.get("items"):
        found.append("it lists items or draws them, not both")
    if section["draws"] is None or not 1 <= section["draws"] <= 500:
        found.append("draws lies between 1 and 500")
    for name, known in (("domains", DOMAINS), ("kinds", KINDS), ("care", CARE)):
        found += [f"{value!r} is not in {name}" for value in section.get(name) or [] if value not in known]
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
        pass_mark=row.get("pass_mark"),
        grace_seconds=row.get("grace_seconds", 30),
        sections=[read_section(section) for section in row.get("sections") or []],
        blueprint=row.get("blueprint"),
        unscored=row.get("unscored"),
        books=row.get("books"),
        choice=row.get("choice", False),
        release=row.get("release", "at_once"),
    )


def read_section(section: dict[str, Any]) -> SectionSpec:
    """From a mapping without section_problems. Without named domains a section draws from its own."""
    drawn = section.get("draws")
    return SectionSpec(
        title=section["title"],
        domain=section["domain"],
        items=[seat for one in section.get("items") or [] if (seat := _seat(one))],
        draws=drawn,
        domains=(section.get("domains") or [section["domain"]]) if drawn else [],
        kinds=section.get("kinds") or [],
        care=section.get("care") or [],
    )
