"""What a lesson cites against the books in force on its date."""

from dataclasses import dataclass
from datetime import date

from codesets import catalog, live, refs
from codesets.systems import SYSTEMS, System
from courses.markdown import RenderedLesson, render_lesson


@dataclass(frozen=True)
class Problem:
    """One reference that the books do not bear out; `line` counts from 1 in the Markdown text."""

    line: int
    code: str
    words: str


@dataclass(frozen=True)
class Checked:
    """`releases`: those in force on the date, of the systems that the text cites."""

    rendered: RenderedLesson
    problems: tuple[Problem, ...]
    releases: tuple[catalog.ReleaseInfo, ...]


def check_lesson(body: str, as_of: date) -> Checked:
    """Renders a lesson and says which of its codes the release in force on `as_of` does not have."""
    rendered = render_lesson(body, live.resolver(as_of))
    releases = {release.system: release for release in catalog.releases_in_force(as_of)}
    cited = {system for system, _ in rendered.codes} | {ref.system for ref in rendered.unknown}
    return Checked(
        rendered=rendered,
        problems=tuple(_problem(ref, releases.get(ref.system), as_of) for ref in rendered.unknown),
        releases=tuple(release for system, release in releases.items() if system in cited),
    )


@dataclass(frozen=True)
class Newer:
    """A release that took over since the lesson's date; `missing`: cited codes that it no longer has."""

    release: catalog.ReleaseInfo
    missing: tuple[str, ...]


def newer_releases(checked: Checked, today: date) -> list[Newer]:
    """What the books in force today say otherwise than those of the lesson's date."""
    then = {release.system: release.id for release in checked.releases}
    newer = [
        release
        for release in catalog.releases_in_force(today)
        if then.get(release.system) not in (None, release.id)
    ]
    if not newer:
        return []
    targets = checked.rendered.targets
    found = catalog.find_codes(list(targets), today)
    return [
        Newer(
            release,
            tuple(
                target.display
                for pair, target in targets.items()
                if pair[0] == release.system and pair not in found
            ),
        )
        for release in newer
    ]


def _problem(ref: refs.Reference, release: catalog.ReleaseInfo | None, as_of: date) -> Problem:
    day = f"{as_of.day} {as_of:%B %Y}"
    if ref.system not in SYSTEMS:
        words = f"There is no code system “{ref.system}”. Write icd10cm, icd10pcs or hcpcs before the colon."
    elif release is None:
        name = SYSTEMS[System(ref.system)].name
        words = f"No {name} release is in force on {day}, so {ref.display} cannot be checked."
    else:
        words = f"{ref.display} is not in {release.system_name} {release.label}, in force on {day}."
    return Problem(ref.line, ref.display, words)
