"""Blueprints: loaded with the content, changed and confirmed by a school."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from quizzes import blueprints, packs, selectors
from quizzes.blueprints import BlueprintSpec
from quizzes.errors import ContentError, Problem
from quizzes.models import Blueprint
from quizzes.services.exams import follow_blueprint
from quizzes.services.items import LoadOutcome, content_files

FIGURES = ("minutes", "pass_mark", "books", "unscored", "sections")
FIELDS = ("title", "summary", "source", "source_on", "provisional", *FIGURES)


@transaction.atomic
def load_blueprints(path: Path, by: User | None) -> LoadOutcome:
    """Keeps every blueprint of a YAML file, all or nothing; load them before the exams that name them.

    The same content again writes nothing. One that a school has confirmed keeps the school's figures, and is
    named in the outcome's `left` where the file says otherwise. Raises ContentError with every problem.
    """
    specs: list[BlueprintSpec] = []
    problems: list[Problem] = []
    places: list[tuple[str, str]] = []
    for file in content_files(path):
        found, wrong = blueprints.read_blueprints(file.read_text(encoding="utf-8"), file.name)
        specs += found
        problems += wrong
        places += [(file.name, spec.slug) for spec in found]
    problems += packs.duplicate_slugs(places)
    if problems:
        raise ContentError(problems)
    outcomes = {spec.slug: _load(spec, by) for spec in specs}
    counts = {name: list(outcomes.values()).count(name) for name in ("created", "changed", "unchanged")}
    left = tuple(slug for slug, outcome in outcomes.items() if outcome == "left")
    return LoadOutcome(counts["created"], counts["changed"], counts["unchanged"], left)


def _load(spec: BlueprintSpec, by: User | None) -> str:
    values = {name: getattr(spec, name) for name in FIELDS if name != "sections"}
    values["sections"] = blueprints.to_rows(spec.sections)
    blueprint = Blueprint.objects.select_for_update().filter(slug=spec.slug).first()
    if blueprint is None:
        Blueprint.objects.create(slug=spec.slug, **values)
        return "created"
    if blueprint.confirmed_at is not None:
        return "left" if any(getattr(blueprint, name) != values[name] for name in FIGURES) else "unchanged"
    if all(getattr(blueprint, name) == value for name, value in values.items()):
        return "unchanged"
    _change(blueprint, values, by)
    return "changed"


@transaction.atomic
def confirm_blueprint(
    *,
    blueprint: Blueprint,
    items: Sequence[int],
    minutes: int,
    pass_mark: int,
    books: bool,
    unscored: int,
    source: str,
    source_on: date,
    by: User,
) -> Blueprint:
    """A school's own figures, from the outline in force: how many items of each section, and the rest.

    source: which outline, in words; source_on: its date. Exams that stand as the blueprint did follow it;
    attempts that were started keep what they have.
    """
    blueprint = Blueprint.objects.select_for_update().get(pk=blueprint.pk)
    before = _figures(blueprint)
    sections = [{**section, "items": count} for section, count in zip(blueprint.sections, items, strict=True)]
    values = {
        "minutes": minutes,
        "pass_mark": pass_mark,
        "books": books,
        "unscored": unscored,
        "sections": sections,
        "source_on": source_on,
        "provisional": False,
        "confirmed_at": selectors.clock(),
        "confirmed_by": by,
        "confirmed_source": source,
    }
    _change(blueprint, values, by)
    audit.record(
        by=by,
        action="quizzes.blueprint.confirmed",
        target=blueprint,
        before=before,
        after=_figures(blueprint),
        reason=source,
    )
    return blueprint


def _change(blueprint: Blueprint, values: dict[str, Any], by: User | None) -> None:
    was = Blueprint(**{name: getattr(blueprint, name) for name in FIGURES})
    for name, value in values.items():
        setattr(blueprint, name, value)
    blueprint.save(update_fields=list(values))
    follow_blueprint(blueprint=blueprint, was=was, by=by)


def _figures(blueprint: Blueprint) -> dict[str, Any]:
    return {
        "minutes": blueprint.minutes,
        "pass_mark": blueprint.pass_mark,
        "books": blueprint.books,
        "unscored": blueprint.unscored,
        "source_on": blueprint.source_on.isoformat(),
        "items": {section["title"]: section["items"] for section in blueprint.sections},
    }
