"""The codes of a release's digest: which came, went, were split and took another title, told by the few.

A book prints a code once and makes its seventh characters from a definition, so seven lines that differ in
nothing else are told as one. What came is told under the header that came with it, or the category it joined.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from codesets import hierarchy
from codesets.diff import Change
from codesets.digest_values import Came, CodeLine, Instead, Retitled, Split, Went
from codesets.printed import Word, word_diff
from codesets.successors import MODIFIER, PLACEHOLDER, WITH_SEVENTH, Reason, Successor
from codesets.systems import System, display


class Row(NamedTuple):
    """A code of the new release; `place` is its place in the book, `came` that the old one has it not."""

    title: str
    parent: str
    place: int
    came: bool


WHY = {
    Reason.FINER: "It was divided: take the one that the record supports.",
    Reason.SAME_TITLE: "It has the same title.",
    Reason.APPROACH: "It is the same procedure by another approach: check it against the record.",
    Reason.NEAREST_TITLE: "No other title that is new or changed is as near: check it against the record.",
    Reason.OTHER: "Nothing new is like it: this is for what has no code of its own.",
}


def is_reported(system: str, change: Change) -> bool:
    """Whether people report it: a valid code, or a modifier of HCPCS, which goes on another code's line."""
    return change.billable or (system == System.HCPCS and len(change.code) <= MODIFIER)


def came(system: str, added: Sequence[Change], rows: Mapping[str, Row], told: Iterable[str]) -> list[Came]:
    """In the order of the book; `told` are codes that stand elsewhere, below a code that was split."""
    left_out = set(told)
    new = [change for change in added if is_reported(system, change) and change.code not in left_out]
    parents = {code: row.parent for code, row in rows.items()}
    groups: dict[str, list[CodeLine]] = defaultdict(list)
    for line in units(system, [change.code for change in new], rows):
        above = hierarchy.ancestors(line.code, parents)
        header = next((code for code in above if rows[code].came), above[0] if above else "")
        groups[header].append(line)
    ordered = sorted(groups.items(), key=lambda group: rows[group[1][0].code].place)
    return [
        Came(_line(system, code, rows) if code else None, bool(code) and rows[code].came, tuple(lines))
        for code, lines in ordered
    ]


def units(system: str, codes: Iterable[str], rows: Mapping[str, Row]) -> list[CodeLine]:
    """The codes in the order of the book; those that only a seventh character tells apart as one line."""
    ordered = sorted(codes, key=lambda code: rows[code].place)
    below: dict[str, list[str]] = defaultdict(list)
    for code in ordered:
        below[rows[code].parent].append(code)
    made = {
        header
        for header, members in below.items()
        if system == System.ICD10CM and all(_is_completed(header, code, rows) for code in members)
    }
    sevenths: dict[str, list[str]] = defaultdict(list)
    for code in ordered:
        header = rows[code].parent
        sevenths[header if header in made else code] += [code[-1]] if header in made else []
    return [
        _line(system, code, rows)._replace(seventh=tuple(characters)) for code, characters in sevenths.items()
    ]


def _is_completed(header: str, code: str, rows: Mapping[str, Row]) -> bool:
    """Whether the code is the header with its seventh character, whose meaning ends the title."""
    return len(code) == WITH_SEVENTH and rows[code].title.startswith(f"{rows[header].title}, ")


def _line(system: str, code: str, rows: Mapping[str, Row]) -> CodeLine:
    return CodeLine(code, display(system, code), rows[code].title)


def split(system: str, billable: Sequence[Change], rows: Mapping[str, Row]) -> list[Split]:
    return [
        Split(
            CodeLine(change.code, change.display, change.title),
            tuple(units(system, [each.code for each in change.successors or ()], rows)),
        )
        for change in sorted(billable, key=lambda change: rows[change.code].place)
        if change.split and not change.billable
    ]


def went(system: str, deleted: Sequence[Change], billable: Sequence[Change]) -> list[Went]:
    """By code. Deleted headers are left out: what stood below them is here."""
    gone = {change.code: (change, True) for change in deleted if is_reported(system, change)}
    lost = [change for change in billable if not change.billable and not change.split]
    gone |= {change.code: (change, False) for change in lost}
    titles = {code: gone[code][0].title for code in sorted(gone)}
    return [_went(system, line, [gone[code] for code in members]) for line, members in _lines(system, titles)]


def _went(system: str, line: CodeLine, gone: Sequence[tuple[Change, bool]]) -> Went:
    """What is deleted has no page, and nothing made of several codes is the page of one."""
    deleted = gone[0][1]
    successors = {each.code: each for change, _ in gone for each in change.successors or ()}
    shown = line._replace(code="") if deleted or line.seventh else line
    return Went(shown, deleted, tuple(_instead(system, successors)))


def _instead(system: str, successors: Mapping[str, Successor]) -> Iterator[Instead]:
    """By reason. Codes that only a seventh character tells apart go each to what has the same one."""
    groups: dict[tuple[Reason, str], list[CodeLine]] = defaultdict(list)
    for line, members in _lines(system, {code: each.title for code, each in successors.items()}):
        first = successors[members[0]]
        shown = line if first.title else line._replace(code="")
        groups[first.reason, WHY.get(first.reason, first.why)].append(shown)
    for (reason, why), lines in groups.items():
        yield Instead(reason, why, tuple(lines))


def _lines(system: str, titles: Mapping[str, str]) -> Iterator[tuple[CodeLine, list[str]]]:
    """Titles by code as lines with the codes of each, in their order.

    Codes are one line that share all but a seventh character and, before a comma, the title.
    """
    stems: dict[str, list[str]] = defaultdict(list)
    for code in titles:
        stems[_stem(system, code)].append(code)
    for stem, members in stems.items():
        shared = _shared([titles[code] for code in members])
        if len(members) > 1 and shared:
            characters = tuple(code[-1] for code in members)
            yield CodeLine(stem, display(system, stem), shared, characters), members
            continue
        for code in members:
            yield CodeLine(code, display(system, code), titles[code]), [code]


def _stem(system: str, code: str) -> str:
    """Without the seventh character and the X before it; the code itself where it has none."""
    if system != System.ICD10CM or len(code) < WITH_SEVENTH:
        return code
    return code[:-1].rstrip(PLACEHOLDER)


def _shared(titles: Sequence[str]) -> str:
    """What stands before a comma in all of them."""
    columns = zip(*titles, strict=False)
    same = takewhile(lambda letters: len(set(letters)) == 1, columns)
    return "".join(letters[0] for letters in same).rpartition(",")[0]


def retitled(revised: Sequence[Change], rows: Mapping[str, Row]) -> list[Retitled]:
    """In the order of the book. A code below another that changed in the same words is only counted."""
    edits: dict[str, tuple[Word, ...]] = {}
    tops: dict[str, str] = {}
    below: dict[str, int] = defaultdict(int)
    changes = {change.code: change for change in revised}
    for code in sorted(changes, key=lambda code: rows[code].place):
        edits[code] = tuple(word_diff(str(changes[code].was), changes[code].title))
        above = rows[code].parent
        if above in tops and _edit(edits[above]) == _edit(edits[code]):
            tops[code] = tops[above]
            below[tops[above]] += 1
        else:
            tops[code] = code
    return [
        Retitled(CodeLine(code, changes[code].display, changes[code].title), edits[code], below[code])
        for code, top in tops.items()
        if code == top
    ]


def _edit(words: Iterable[Word]) -> list[Word]:
    return [word for word in words if word.kind]
