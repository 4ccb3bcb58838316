"""What the blueprint pages show: the sections of an outline, and what the bank has for each. Reads."""

from collections.abc import Sequence
from dataclasses import dataclass

from quizzes import assembly
from quizzes.blueprints import from_rows
from quizzes.domains import DOMAINS
from quizzes.kinds import KINDS
from quizzes.models import Blueprint, Care, ExamSection
from quizzes.pools import PoolItem, make_parts, pool


@dataclass(frozen=True)
class BlueprintSection:
    """pool: how many items the section can draw from now; of each family of near-duplicates a form takes one,
    and `different` counts a family once.
    """

    title: str
    items: int
    domains: list[str]
    kinds: list[str]
    care: list[str]
    pool: int
    different: int

    @property
    def missing(self) -> int:
        return max(0, self.items - self.different)


@dataclass(frozen=True)
class BlueprintPage:
    """short: in words, what keeps a whole form from being drawn now."""

    blueprint: Blueprint
    sections: list[BlueprintSection]
    short: bool
    unscored_missing: int

    @property
    def items(self) -> int:
        return sum(section.items for section in self.sections)

    @property
    def items_in_all(self) -> int:
        return self.items + self.blueprint.unscored


def blueprint_pages() -> list[BlueprintPage]:
    """Every blueprint by title. Two queries."""
    blueprints = list(Blueprint.objects.select_related("confirmed_by"))
    sections = {blueprint.pk: _sections(blueprint) for blueprint in blueprints}
    items = pool([section for own in sections.values() for section in own])
    return [_page(blueprint, sections[blueprint.pk], items) for blueprint in blueprints]


def blueprint_page(slug: str) -> BlueprintPage | None:
    blueprint = Blueprint.objects.select_related("confirmed_by").filter(slug=slug).first()
    if blueprint is None:
        return None
    sections = _sections(blueprint)
    return _page(blueprint, sections, pool(sections))


def _sections(blueprint: Blueprint) -> list[ExamSection]:
    """As an exam would have them; not stored."""
    return [
        ExamSection(
            title=one.title,
            domain=one.domain,
            draws=one.draws,
            domains=one.domains,
            kinds=one.kinds,
            care=one.care,
        )
        for one in from_rows(blueprint.sections)
    ]


def _page(blueprint: Blueprint, sections: Sequence[ExamSection], items: Sequence[PoolItem]) -> BlueprintPage:
    parts = make_parts(sections, [section.draws or 0 for section in sections], items, {}, {})
    shortages = assembly.find_shortages(parts, blueprint.unscored)
    return BlueprintPage(
        blueprint=blueprint,
        sections=[
            BlueprintSection(
                title=section.title,
                items=part.size,
                domains=[DOMAINS[domain] for domain in section.domains],
                kinds=[KINDS[kind].name for kind in section.kinds],
                care=[Care(care).label for care in section.care],
                pool=len(part.pool),
                different=len({one.unit for one in part.pool}),
            )
            for section, part in zip(sections, parts, strict=True)
        ],
        short=bool(shortages),
        unscored_missing=sum(one.needs - one.has for one in shortages if not one.title),
    )
