"""Two releases compared, and what of it somebody asked to see: by list, chapter and words."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import starmap
from typing import NamedTuple, overload

from django.db.models import Count, Q, QuerySet

from codesets.diff import Change, NoteDifference, ReleaseDiff, diff_releases
from codesets.models import Code, Heading, Release, ReleaseState
from codesets.printed import without_range
from codesets.systems import display, normalize

LISTS = ReleaseDiff._fields
LONGEST_SEARCH = 200
Row = Change | NoteDifference
Lists = Mapping[str, Sequence[Row]]


class Asked(NamedTuple):
    """What to show: which list, of which chapter, and what to look for: a code's beginning, or words."""

    show: str
    chapter: str
    q: str

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        """What a query string says; a list that there is not counts as none."""
        show, chapter, q = (query.get(name, "").replace("\0", "") for name in ("show", "chapter", "q"))
        return cls(show if show in LISTS else "", chapter, " ".join(q.split())[:LONGEST_SEARCH])

    @property
    def words(self) -> list[str]:
        return self.q.lower().split()

    @property
    def beginning(self) -> str:
        return normalize(self.q)

    def holds(self, row: Row) -> bool:
        if self.chapter and row.chapter != self.chapter:
            return False
        if not self.q or (self.beginning and row.code.startswith(self.beginning)):
            return True
        text = row.text if isinstance(row, NoteDifference) else ""
        said = f"{row.title} {text} {row.was if isinstance(row.was, str) else ''}".lower()
        return all(word in said for word in self.words)

    def rows(self, release_id: int) -> Q:
        """The same of the codes of a release that nothing stands before."""
        wanted = Q(release=release_id)
        if self.chapter:
            wanted &= Q(chapter=self.chapter)
        if self.q:
            words = Q(*(Q(title__icontains=word) for word in self.words))
            wanted &= words | Q(code__startswith=self.beginning) if self.beginning else words
        return wanted


@dataclass(frozen=True)
class Comparison:
    """Two releases, `old` None for nothing, and the lists of what is different, filtered as asked."""

    old: Release | None
    new: Release
    asked: Asked
    lists: Lists
    total: int  # before filtering
    chapters: dict[str, int]  # how many changes each has, before filtering

    @property
    def notes_compared(self) -> bool:
        return self.old is not None and all("notes" in side.contents for side in (self.old, self.new))


def compare(new: Release, old: Release | None, asked: Asked) -> Comparison:
    if old is None:
        every = Code.objects.filter(release=new)
        codes = AllCodes(new.system, Code.objects.filter(asked.rows(new.pk)))
        chapters = dict(every.order_by().values_list("chapter").annotate(Count("pk")))
        lists: Lists = {name: codes if name == "added" else () for name in LISTS}
        return Comparison(old, new, asked, lists, sum(chapters.values()), chapters)
    diff = diff_releases(old.pk, new.pk)
    changes: Lists = diff._asdict()
    found = {name: [row for row in rows if asked.holds(row)] for name, rows in changes.items()}
    counted = Counter(row.chapter for rows in changes.values() for row in rows)
    return Comparison(old, new, asked, found, counted.total(), dict(counted))


def releases_beside(release: Release) -> QuerySet[Release]:
    """Those of the same system that it can be compared with, newest first."""
    rows = Release.objects.filter(system=release.system).exclude(state=ReleaseState.IMPORTING)
    return rows.exclude(pk=release.pk).order_by("-effective_from", "-pk")


def chapter_titles(old_id: int | None, new_id: int) -> dict[str, str]:
    """Titles of the chapters of either release by name, in the order of the book."""
    rows = Heading.objects.filter(release__in=[old_id, new_id], kind=Heading.Kind.CHAPTER)
    named = rows.order_by("position", "release").values_list("name", "title")
    return {name: without_range(title) for name, title in named}


class AllCodes(Sequence[Change]):
    """Every code of a release as added, in the order of the book: counted and read a page at a time."""

    def __init__(self, system: str, codes: QuerySet[Code]) -> None:
        self.system = system
        self.codes = codes
        self.values = codes.order_by("position").values_list("code", "title", "billable", "chapter")

    def __len__(self) -> int:
        return self.length

    @cached_property
    def length(self) -> int:
        return self.codes.count()

    def __iter__(self) -> Iterator[Change]:
        return starmap(self.added, self.values.iterator())

    @overload
    def __getitem__(self, place: int) -> Change: ...
    @overload
    def __getitem__(self, place: slice) -> list[Change]: ...
    def __getitem__(self, place: int | slice) -> Change | list[Change]:
        if isinstance(place, slice):
            return list(starmap(self.added, self.values[place]))
        return self.added(*self.values[place])

    def added(self, code: str, title: str, billable: bool, chapter: str) -> Change:
        return Change(code, display(self.system, code), title, billable, chapter=chapter)
