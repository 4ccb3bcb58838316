"""What a lesson cites: codes against the books in force on its date, drawings, questions, links, sections."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from codesets import catalog, guidelines, live, refs
from codesets.systems import SYSTEMS, System
from courses.drawings import Drawing
from courses.markdown import Cited, RenderedLesson, render_lesson

LESSONS = "/courses/lessons/"


@dataclass(frozen=True)
class Problem:
    """One reference that nothing bears out; `line` counts from 1 in the Markdown text."""

    line: int
    code: str
    words: str


@dataclass(frozen=True)
class Around:
    """What a text may point to beside the books. drawings: by their path in the pack.

    items: the slugs that a lesson may ask; None where a page is only shown, and nobody wants to know.
    """

    drawings: Mapping[str, Drawing] = field(default_factory=dict)
    items: Collection[str] | None = None


@dataclass(frozen=True)
class Checked:
    """`releases`: those in force on the date, of the systems that the text cites. `codes`: what it cites and
    no release contradicts.
    """

    rendered: RenderedLesson
    problems: tuple[Problem, ...]
    releases: tuple[catalog.ReleaseInfo, ...]
    codes: tuple[refs.Pair, ...]


NOTHING_AROUND = Around()


def check_lesson(body: str, as_of: date, around: Around = NOTHING_AROUND) -> Checked:
    """Renders a lesson and says which of its codes the release in force on `as_of` does not have, and which
    drawings and questions are not there.
    """
    rendered = render_lesson(body, live.resolver(as_of), around.drawings)
    releases = {release.system: release for release in catalog.releases_in_force(as_of)}
    cited = {system for system, _ in rendered.codes} | {ref.system for ref in rendered.unknown}
    unknown = [ref for ref in rendered.unknown if not _not_verifiable(ref, releases)]
    problems = [_problem(ref, releases.get(ref.system), as_of) for ref in unknown]
    problems += _missing(rendered.cited, around)
    return Checked(
        rendered=rendered,
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
        releases=tuple(release for system, release in releases.items() if system in cited),
        codes=(*rendered.codes, *dict.fromkeys(ref.pair for ref in rendered.unknown if ref not in unknown)),
    )


def _not_verifiable(ref: refs.Reference, releases: Mapping[str, catalog.ReleaseInfo]) -> bool:
    """The Association's numbers cannot be checked without its file, and are not held to be wrong for that."""
    return ref.system == System.CPT and System.CPT not in releases


def _missing(cited: Sequence[Cited], around: Around) -> Iterable[Problem]:
    asked = [one.name for one in cited if one.kind == "check"]
    for one in cited:
        words = ""
        if one.kind == "image" and one.name not in around.drawings:
            words = f"There is no drawing {one.name} in this course."
        elif one.kind == "filled":
            words = "A box that asks an item holds nothing, and a line ::: closes it."
        elif one.kind == "check" and around.items is not None and one.name not in around.items:
            words = f"There is no published item {one.name or '(no slug)'} to ask."
        elif one.kind == "check" and asked.count(one.name) > 1:
            words = f"The item {one.name} is asked twice."
        if words:
            yield Problem(one.line, one.name, words)


def broken_links(checked: Checked, lessons: Collection[str]) -> list[Problem]:
    """Links and guideline sections that lead nowhere. lessons: "course/lesson" of every published one.

    A link leads to a lesson, to a heading of this text, or to another site, which nobody asks here.
    """
    headings = {f"#{heading.id}" for heading in checked.rendered.outline}
    found = []
    for one in checked.rendered.cited:
        if one.kind == "section" and one.name and not guidelines.is_section(one.name):
            words = f"The {guidelines.EDITION} have no section {one.name}."
            found.append(Problem(one.line, one.name, words))
        elif one.kind == "link" and not _leads(one.name, headings, lessons):
            found.append(Problem(one.line, one.name, f"The link {one.name} leads nowhere."))
    return found


def _leads(link: str, headings: Collection[str], lessons: Collection[str]) -> bool:
    if link.startswith("https://") or link in headings:
        return True
    path, _, _ = link.partition("#")
    return path.startswith(LESSONS) and path.removeprefix(LESSONS).strip("/") in lessons


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
