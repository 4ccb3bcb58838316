"""A person's own marks in the books, to read: those of a place, all of them for the page, the list of them.

A mark names its place and no row of a release, so that it stays when the next release comes. Nobody reads
the marks of another; what a release does to them is only counted.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Max
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Permission, has_permission
from codesets import catalog
from codesets.impact import Citation, ImpactRow, Question
from codesets.licensing import may_read
from codesets.models import Code, Heading, IndexEntry, Mark, Release, ReleaseState
from codesets.printed_index import PARTS
from codesets.systems import LOADABLE, System, display
from codesets.values import ReleaseInfo

BEGINNING = 160  # characters of a note that a code's card shows


@dataclass(frozen=True)
class Place:
    """Where a mark stands. `name`: a stored code, a heading's name, or an index's part and letter."""

    book: str
    kind: str
    name: str

    @property
    def label(self) -> str:
        """As it is written: "E11.9", "Chapter 4", "E08-E13", "Table of Neoplasms, A"."""
        if self.kind == Mark.PlaceKind.LETTER:
            part, letter = self.name.split("/")
            return f"{PARTS[part].name}, {letter}"
        if self.kind == Mark.PlaceKind.CHAPTER and self.book == System.ICD10CM:
            return f"Chapter {self.name}"
        return display(self.book, self.name) if self.kind == Mark.PlaceKind.CODE else self.name

    @property
    def url(self) -> str:
        """The page of the place, for today."""
        if self.kind == Mark.PlaceKind.CODE:
            return reverse("codesets:code", args=[self.book, self.label])
        if self.kind == Mark.PlaceKind.LETTER:
            return reverse("codesets:index_letter", args=self.name.split("/"))
        return reverse("codesets:heading", args=[self.book, self.kind, self.name])

    @property
    def order(self) -> tuple:
        """In a book its chapters and letters first, then blocks and codes as they follow each other."""
        number = int(self.name) if self.kind == Mark.PlaceKind.CHAPTER and self.name.isdecimal() else 0
        front = self.kind in (Mark.PlaceKind.CHAPTER, Mark.PlaceKind.LETTER)
        return list(LOADABLE).index(self.book), not front, number, self.name


@dataclass
class Marked:
    """A place with all that one person put there, the oldest mark first.

    Of the list alone: `title` is the one in force, or the last one; `last` is the release that last had the
    place, where the book in force has it no more.
    """

    place: Place
    marks: list[Mark] = field(default_factory=list)
    title: str = ""
    last: ReleaseInfo | None = None

    @property
    def bookmark(self) -> Mark | None:
        return next((mark for mark in self.marks if mark.kind == Mark.Kind.BOOKMARK), None)

    @property
    def tab(self) -> Mark | None:
        return next((mark for mark in self.marks if mark.kind == Mark.Kind.TAB), None)

    @property
    def notes(self) -> list[Mark]:
        return [mark for mark in self.marks if mark.kind == Mark.Kind.NOTE]


def is_in_a_book(place: Place) -> bool:
    """Whether any published release has the place."""
    published = Release.objects.filter(system=place.book, state=ReleaseState.PUBLISHED)
    if place.kind == Mark.PlaceKind.CODE:
        return Code.objects.filter(release__in=published, code=place.name).exists()
    if place.kind == Mark.PlaceKind.LETTER:
        part, _, letter = place.name.partition("/")
        if part not in PARTS or not letter:
            return False
        level = PARTS[part].head_level  # a table of sites has them under their own first letters
        named = {"level": level, "title__istartswith": letter} if level else {"letter": letter}
        return IndexEntry.objects.filter(release__in=published, part=part, **named).exists()
    return Heading.objects.filter(release__in=published, kind=place.kind, name=place.name).exists()


def at(user: User, place: Place) -> Marked:
    """What the person has at the place, in one query."""
    rows = Mark.objects.filter(user=user, book=place.book, place_kind=place.kind, place=place.name)
    return Marked(place, list(rows.order_by("pk")))


def context_for(request: HttpRequest, book: str, place_kind: str, place: str) -> dict:
    """For the templates _marks_bar.html and _marks_pane.html; no marks for a visitor, who may sign in."""
    if not has_permission(request.user, Permission.LEARN):
        return {"marks": None}
    return {"marks": at(request.user, Place(book, place_kind, place))}  # type: ignore[arg-type]


def everywhere(user: User) -> list[Marked]:
    """Every place that the person marked, in the order of the books. One query."""
    found: dict[Place, Marked] = {}
    for mark in Mark.objects.filter(user=user).order_by("pk"):
        place = Place(mark.book, mark.place_kind, mark.place)
        found.setdefault(place, Marked(place)).marks.append(mark)
    return sorted(found.values(), key=lambda marked: marked.place.order)


def stamp(user: User) -> str:
    """Differs after every change of the person's marks: each is newer, or one is missing."""
    seen = Mark.objects.filter(user=user).aggregate(count=Count("pk"), last=Max("changed_at"))
    return f"{user.pk}.{seen['count']}.{seen['last'].timestamp() if seen['last'] else 0}"


def on_pages(user: User) -> dict[str, dict]:
    """By the address of the place: {"label", "bookmark", "tab", "notes", "note": as the last one begins}."""
    return {
        marked.place.url: {
            "label": marked.place.label,
            "bookmark": marked.bookmark is not None,
            "tab": marked.tab.text if marked.tab else "",
            "notes": len(marked.notes),
            "note": marked.notes[-1].text[:BEGINNING] if marked.notes else "",
        }
        for marked in everywhere(user)
    }


def listed(user: User, on: date) -> list[tuple[str, list[Marked]]]:
    """Every marked place under the name of its book, with its title on the date; ten queries at most.

    What the book of the date does not have has the title of the last release that had it, and that release.
    A book that is closed to the person has no titles.
    """
    found = everywhere(user)
    by_book: dict[str, list[Marked]] = defaultdict(list)
    for marked in found:
        by_book[marked.place.book].append(marked)
    places = {marked.place for marked in found if may_read(user, marked.place.book)}
    in_force = [*catalog.releases_in_force(on), *catalog.references_in_force(on)] if places else []
    standing = _titles(places, in_force)
    missing = places - set(standing)
    published = Release.objects.filter(state=ReleaseState.PUBLISHED, system__in={p.book for p in missing})
    last = _titles(missing, map(catalog.release_info, published.order_by("effective_from")))
    for marked in found:
        if marked.place in standing:
            marked.title, _ = standing[marked.place]
        elif marked.place in last:
            marked.title, marked.last = last[marked.place]
    return [(LOADABLE[book].name, rows) for book, rows in by_book.items()]


def _titles(
    places: Collection[Place], releases: Iterable[ReleaseInfo]
) -> dict[Place, tuple[str, ReleaseInfo]]:
    """Of the places that these releases have; where several do, of the last of them."""
    if not places:
        return {}
    in_turn = {release.id: release for release in releases}
    books = {release.system: release for release in in_turn.values()}
    names = {place.name for place in places}
    codes = Code.objects.filter(release__in=in_turn, code__in=names).values_list("release", "code", "title")
    headings = Heading.objects.filter(release__in=in_turn, name__in=names)
    rows = [(release, "code", name, title) for release, name, title in codes.order_by()]
    rows += headings.values_list("release", "kind", "name", "title")
    turn = {release: number for number, release in enumerate(in_turn)}
    found = {
        Place(in_turn[release].system, kind, name): (title, in_turn[release])
        for release, kind, name, title in sorted(rows, key=lambda row: turn[row[0]])
    }
    letters = {p: ("", books[p.book]) for p in places if p.kind == Mark.PlaceKind.LETTER and p.book in books}
    return {place: each for place, each in (found | letters).items() if place in places}


def marks_on_deleted(question: Question) -> Iterable[ImpactRow]:
    """One row that counts the marks on codes that the release deletes, dated by their last change.

    Whose they are and what they say stays with their owners, and nothing of it stands in a release's way.
    """
    rows = Mark.objects.filter(
        book=question.system,
        place_kind=Mark.PlaceKind.CODE,
        place__in=question.deleted,
        changed_at__date__gte=question.start,
    )
    if question.end is not None:
        rows = rows.filter(changed_at__date__lt=question.end)
    found = list(rows.values_list("place", "kind", "user"))
    if not found:
        return
    kinds: dict[str, set[str]] = defaultdict(set)
    for place, kind, _ in found:
        kinds[place].add(f"a {Mark.Kind(kind).label.lower()}")
    counted = Counter(kind for _, kind, _ in found)
    words = [
        f"{count} {Mark.Kind(kind).label.lower()}{'' if count == 1 else 's'}"
        for kind, count in sorted(counted.items(), reverse=True)
    ]
    yield ImpactRow(
        kind="students' notes",
        label=", ".join(words),
        url="",
        on=None,
        students=len({user for _, _, user in found}),
        blocked=False,
        cites=tuple(Citation(place, tuple(sorted(kinds[place]))) for place in sorted(kinds)),
        detail="Counted only: nobody reads what they say.",
        advice="Nothing to do: they are kept, and their owners see that the book no longer has the code.",
    )
