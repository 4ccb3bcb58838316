"""What a release changes against another, as its page and its CSV file show it: five lists, filtered."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, require
from codesets import printed, selectors
from codesets.comparison import Asked, Comparison, Row, chapter_titles, compare, releases_beside
from codesets.diff import Change, NoteDifference
from codesets.licensing import may_read
from codesets.models import Note, NoteKind, Release, ReleaseState
from codesets.note_changes import NoteFate
from codesets.spreadsheet import MARK, as_text
from codesets.successors import Successor
from codesets.systems import SYSTEMS
from codesets.templatetags.books import code_url, heading_url

ROWS = 200
SUCCESSORS_SHOWN = 8
GROUPS = {
    "added": "Added",
    "deleted": "Deleted",
    "revised": "Revised",
    "billable": "Billable or not",
    "notes": "Notes",
}
FATES = {
    NoteFate.ADDED: ("+ note added", "add"),
    NoteFate.REMOVED: ("− note removed", "rem"),
    NoteFate.KIND_CHANGED: ("! kind changed", ""),
    NoteFate.REWORDED: ("~ note reworded", ""),
}
COLUMNS = (
    *("Change", "Code", "Title", "Title before", "Valid for submission", "Coded now", "Why"),
    *("Kind of note", "Kind before", "Note", "Note before"),
)


def chosen(new: Release, query: QueryDict, standard: Release | None) -> Release | None:
    """What it is compared with: what was asked for, or else `standard`. Raises Http404."""
    wanted = query.get("against", "")
    if not wanted:
        return standard
    if not wanted.isdecimal() or len(wanted) > 18:
        raise Http404
    return get_object_or_404(releases_beside(new), pk=int(wanted))


@dataclass(frozen=True)
class Tab:
    name: str
    label: str
    count: int


class Option(NamedTuple):
    value: str
    label: str
    selected: bool


class Link(NamedTuple):
    """A code; `url` is empty where there is no page of it yet."""

    display: str
    title: str
    url: str


class Instead(NamedTuple):
    """What is coded now, for one reason: the first few, and the rest."""

    why: str
    first: list[Link]
    rest: list[Link]


class CodeRow(NamedTuple):
    change: str
    css: str
    code: Link
    words: list[printed.Word]
    state: str
    instead: list[Instead]


class NoteRow(NamedTuple):
    """`words` are the text, what went and what came marked; `kind` and `was_kind` as people name them."""

    change: str
    css: str
    owner: Link
    words: list[printed.Word]
    kind: str
    was_kind: str


@dataclass(frozen=True)
class Difference:
    """One list of a comparison, one page of it, as the template shows it."""

    comparison: Comparison
    show: str
    label: str
    tabs: list[Tab]
    found: int
    against: list[Option]
    chapters: list[Option]
    page: Page
    rows: list[CodeRow] | list[NoteRow]
    csv: str  # the query of the file with the same list


def difference(new: Release, standard: Release | None, query: QueryDict) -> Difference | None:
    """For the page of a release: None for what has no codes to compare. Raises Http404.

    `standard` is the release that it takes over from, which it is compared with unless another is asked for.
    """
    if new.system not in SYSTEMS or new.state == ReleaseState.IMPORTING:
        return None
    found = compare(new, chosen(new, query, standard), Asked.of(query))
    tabs = [Tab(name, label, len(found.lists[name])) for name, label in GROUPS.items()]
    show = found.asked.show or next((tab.name for tab in tabs if tab.count), "added")
    page = Paginator(found.lists[show], ROWS).get_page(query.get("page"))
    return Difference(
        comparison=found,
        show=show,
        label=GROUPS[show],
        tabs=tabs,
        found=sum(tab.count for tab in tabs),
        against=_against(found),
        chapters=_chapters(found),
        page=page,
        rows=_Presenter(found, show).rows(list(page.object_list)),
        csv=_csv_query(found, show),
    )


def _against(found: Comparison) -> list[Option]:
    old_id = found.old.pk if found.old else None
    return [
        Option(
            str(release.pk), f"{release.label}, from {release.effective_from:%-d %b %Y}", release.pk == old_id
        )
        for release in releases_beside(found.new)
    ]


def _chapters(found: Comparison) -> list[Option]:
    """Chapters with changes, in the order of the book."""
    titles = chapter_titles(found.old.pk if found.old else None, found.new.pk)
    return [
        Option(
            name,
            f"{title if title == name else f'{name} {title}'} ({found.chapters[name]:,})",
            name == found.asked.chapter,
        )
        for name, title in titles.items()
        if name in found.chapters
    ]


def _csv_query(found: Comparison, show: str) -> str:
    asked = {"show": show, "chapter": found.asked.chapter, "q": found.asked.q}
    asked["against"] = str(found.old.pk) if found.old else ""
    return urlencode({name: value for name, value in asked.items() if value})


class _Presenter:
    """Makes rows for people of the rows of one list."""

    def __init__(self, found: Comparison, show: str) -> None:
        self.system, self.show = found.new.system, show
        self.old = found.old if found.old and found.old.state == ReleaseState.PUBLISHED else None
        self.new = found.new if found.new.state == ReleaseState.PUBLISHED else None

    def rows(self, rows: Sequence[Row]) -> list[CodeRow] | list[NoteRow]:
        if self.show == "notes":
            return [self.note(row) for row in rows if isinstance(row, NoteDifference)]
        return [self.code(row) for row in rows if isinstance(row, Change)]

    def code(self, change: Change) -> CodeRow:
        words, css = _said(self.show, change)
        valid = "valid" if change.billable else "not valid"
        deleted = self.show == "deleted"
        url = self.url(Note.Owner.CODE, change.code, self.old if deleted else self.new)
        revised = printed.word_diff(str(change.was), change.title) if self.show == "revised" else []
        return CodeRow(
            words,
            css,
            Link(change.display, change.title, url),
            revised,
            f"was {valid}" if deleted else valid,
            self.instead(change.successors or ()),
        )

    def instead(self, successors: Sequence[Successor]) -> list[Instead]:
        groups = []
        for why, members in groupby(successors, key=lambda successor: successor.why):
            links = [
                Link(
                    each.display,
                    each.title,
                    self.url(Note.Owner.CODE, each.code, self.new) if each.title else "",
                )
                for each in members
            ]
            groups.append(Instead(why, links[:SUCCESSORS_SHOWN], links[SUCCESSORS_SHOWN:]))
        return groups

    def link(self, successor: Successor) -> Link:
        """A CPT code has no title here, and no page in this system."""
        url = self.url(Note.Owner.CODE, successor.code, self.new) if successor.title else ""
        return Link(successor.display, successor.title, url)

    def note(self, note: NoteDifference) -> NoteRow:
        change, css = FATES[NoteFate(note.change)]
        text = note.text.lstrip(" ,")
        words = printed.word_diff(note.was.lstrip(" ,"), text) if note.was else [printed.Word("", text)]
        was_kind = NoteKind(note.was_kind).label if note.was_kind and note.was_kind != note.kind else ""
        owner = Link(note.display, note.title, self.url(note.owner, note.code, self.new))
        return NoteRow(change, css, owner, words, NoteKind(note.kind).label, was_kind)

    def url(self, kind: str, name: str, release: Release | None) -> str:
        """The page of a code, chapter or block, on the first day of the release that has it."""
        if release is None:
            return ""
        if kind == Note.Owner.CODE:
            return code_url(self.system, name, release.effective_from)
        return heading_url(self.system, kind, name, release.effective_from)


def _said(show: str, change: Change) -> tuple[str, str]:
    """The change in words, and the style sheet's class for it."""
    if show == "billable" and change.split:
        return f"split into {len(change.successors or ())}", ""
    billable = "now valid" if change.billable else "no longer valid"
    return {
        "added": ("+ added", "add"),
        "deleted": ("− deleted", "rem"),
        "revised": ("~ revised", ""),
        "billable": (billable, "add" if change.billable else "rem"),
    }[show]


@require_safe
@require(Permission.MANAGE_CODESETS)
def release_diff_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The rows that the page shows of one list, or of all without `show`."""
    new = get_object_or_404(
        selectors.releases().exclude(state=ReleaseState.IMPORTING), pk=pk, system__in=SYSTEMS
    )
    if not may_read(request.user, new.system):
        raise Http404
    found = compare(new, chosen(new, request.GET, selectors.predecessor(new)), Asked.of(request.GET))
    response = StreamingHttpResponse(_csv(found), content_type="text/csv; charset=utf-8")
    parts = [new.system, found.old.label if found.old else "", new.label, found.asked.show]
    name = f"{'-'.join(slugify(part) for part in parts if part)}.csv"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _csv(found: Comparison) -> Iterator[str]:
    lines = csv.writer(_Echo())
    yield MARK + lines.writerow(COLUMNS)
    for show in [found.asked.show] if found.asked.show else GROUPS:
        for row in found.lists[show]:
            cells = _note_cells(row) if isinstance(row, NoteDifference) else _code_cells(show, row)
            yield lines.writerow([as_text(cell) for cell in cells])


def _code_cells(show: str, change: Change) -> list[str]:
    successors = change.successors or ()
    return [
        _said(show, change)[0].lstrip("+−~ "),
        change.display,
        change.title,
        str(change.was) if show == "revised" else "",
        "yes" if change.billable else "no",
        "; ".join(each.display for each in successors),
        " ".join(dict.fromkeys(each.why for each in successors)),
        *[""] * 4,
    ]


def _note_cells(note: NoteDifference) -> list[str]:
    said = FATES[NoteFate(note.change)][0].lstrip("+−~! ")
    kinds = [NoteKind(kind).label if kind else "" for kind in (note.kind, note.was_kind)]
    return [said, note.display, note.title, *[""] * 4, *kinds, note.text, note.was or ""]


class _Echo:
    """Gives a line back instead of writing it."""

    def write(self, line: str) -> str:
        return line
