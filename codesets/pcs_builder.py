"""Building an ICD-10-PCS code from the top, axis by axis, with what the book says that a value means."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from codesets import pcs, printed
from codesets.models import Definition
from codesets.systems import normalize
from codesets.values import Browse, CodePage

OPERATION_AXIS = 3


@dataclass(frozen=True)
class Option:
    """A value of an axis. It leads to a body system's page, to a code's, or to the builder with `then`."""

    character: str
    label: str
    meaning: Definition | None = None
    block: str = ""
    code: str = ""
    then: str = ""


@dataclass(frozen=True)
class Builder:
    """The characters so far, each with its axis's title and where to choose it anew, and what can follow.

    Without rows the tables are not loaded; `refused` is a beginning that no code of the table has.
    """

    has_tables: bool
    refused: str
    spelled: list[tuple[str, Option]]
    axis: str
    following: list[Option]


def choices(shown: Browse) -> list[Option]:
    """The body systems of a section, or the operations of a body system, which lead to their tables."""
    release, here = shown.release, shown.trail[-1]
    operations = [printed.short_title(row.title, here.title) for row in shown.codes]
    found = _definitions(release.id, here.name[:1], {OPERATION_AXIS: operations})
    return [Option(block.name[-1], block.title, block=block.name) for block in shown.headings] + [
        Option(row.code[-1], title, found.get((OPERATION_AXIS, title)), code=row.code)
        for row, title in zip(shown.codes, operations, strict=True)
    ]


def describe(page: CodePage, then: str) -> Builder:
    """Of a whole code its characters; of a table those chosen by `then` too, and what can follow them."""
    code, details = page.code.code, page.details
    asked = code if page.code.billable else code + normalize(then)
    beginning = asked if pcs.spell_out(details, asked) else code
    spelled = pcs.spell_out(details, beginning)
    axis = pcs.next_axis(details, beginning)
    wanted = [[choice] for _, choice in spelled] + ([list(axis.choices)] if axis else [])
    names = {
        place: [name for choice in values for name in _names(choice, spelled)]
        for place, values in enumerate(wanted, 1)
    }
    found = _definitions(page.code.release.id, code[:1], names)

    def option(place: int, choice: pcs.Choice, **leads: str) -> Option:
        meanings = (found.get((place, name)) for name in _names(choice, spelled))
        meaning = next(filter(None, meanings), None)
        return Option(choice.character, ", or ".join(choice.labels), meaning, **leads)

    def leads(choice: pcs.Choice) -> dict[str, str]:
        longer = beginning + choice.character
        return {"code": longer} if pcs.is_code(details, longer) else {"then": longer[len(code) :]}

    return Builder(
        bool(details.get("rows")),
        asked if asked != beginning else "",
        [(title, option(place, choice)) for place, (title, choice) in enumerate(spelled, 1)],
        axis.title if axis else "",
        [option(len(beginning) + 1, choice, **leads(choice)) for choice in axis.choices] if axis else [],
    )


def _names(choice: pcs.Choice, spelled: list[tuple[str, pcs.Choice]]) -> Iterable[str]:
    """What the definitions may call a value, the nearest first: "Cardiac Lead in Heart and Great Vessels"."""
    _, body_system, operation = (meant.labels[0] for _, meant in spelled[:3])
    for label in choice.labels:
        yield f"{label} for {operation} in {body_system}"
        yield f"{label} in {body_system}"
        yield label


def _definitions(
    release_id: int, section: str, names: Mapping[int, Iterable[str]]
) -> dict[tuple[int, str], Definition]:
    """By axis and title, those of the names that are defined. One query."""
    titles = {title for each in names.values() for title in each}
    rows = Definition.objects.filter(release=release_id, section=section, axis__in=names, title__in=titles)
    return {(row.axis, row.title): row for row in rows}
