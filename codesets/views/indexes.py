"""The alphabetic indexes and their tables: by letter in printed pages, an entry in its place."""

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from codesets import catalog, index_pages, marks, printed_index, vintage
from codesets.forms import OnDate, read_on
from codesets.models import Mark
from codesets.printed_index import PAGE_ENTRIES, PARTS, TABLE_PAGE_ENTRIES, Head, Part, Printer
from codesets.systems import SYSTEMS
from codesets.values import ReleaseInfo

FIND_LIMIT = 80  # characters


@dataclass(frozen=True)
class Opened:
    """A part of an index on a date: the release that holds it, and the book in force that it leads to."""

    name: str
    part: Part
    asked: OnDate
    release: ReleaseInfo
    book: ReleaseInfo | None
    heads: list[Head]

    @property
    def letters(self) -> list[str]:
        return list(dict.fromkeys(head.letter for head in self.heads))

    @property
    def context(self) -> dict:
        return _about(self.name, self.asked) | {
            "release": self.release,
            "book": self.book,
            "letters": self.letters,
            "terms_total": len(self.heads),
            "other_year": self.book and _year_end(self.release) != _year_end(self.book),
            "year_end": _year_end(self.release),
            "superseded": vintage.may_be_superseded(
                self.release.system, self.release.effective_from, self.release.effective_to, self.asked.on
            ),
            "book_url": reverse("codesets:book", args=[self.part.system]),
            "css": SYSTEMS[self.part.system].css,
        }


def _about(name: str, asked: OnDate) -> dict:
    part = PARTS[name]
    return {"nav": "books", "name": name, "part": part, "info": SYSTEMS[part.system], **asked.context}


def _year_end(release: ReleaseInfo) -> date:
    return vintage.year_end(release.system, release.effective_from)


def _open(request: HttpRequest, name: str) -> Opened | None:
    """None where no release in force holds the part; 404 where no book has such a part."""
    if name not in PARTS:
        raise Http404
    asked = read_on(request.GET)
    release = catalog.release_in_force(PARTS[name].book, asked.on)
    heads = index_pages.part_heads(release.id, name) if release else []
    if release is None or not heads:
        return None
    book = catalog.release_in_force(PARTS[name].system, asked.on)
    return Opened(name, PARTS[name], asked, release, book, heads)


@require_safe
def indexes(request: HttpRequest) -> HttpResponse:
    asked = read_on(request.GET)
    context = {"nav": "books", "indexes": index_pages.shelf(asked.on), **asked.context}
    return render(request, "codesets/indexes.html", context)


@require_safe
def index(request: HttpRequest, part: str) -> HttpResponse:
    """The letters of a part; `find` goes to the first entry that begins with its words, as guide words do."""
    opened = _open(request, part)
    if opened is None:
        return _not_loaded(request, part, status=200)
    wanted = request.GET.get("find", "").strip()[:FIND_LIMIT]
    position = index_pages.find(opened.release.id, part, opened.heads, wanted) if wanted else None
    if position is not None:
        entry = reverse("codesets:index_entry", args=[part, position])
        return redirect(f"{entry}{opened.asked.context['on_query']}#e{position}")
    return _letters(request, opened, wanted=wanted)


@require_safe
def index_letter(request: HttpRequest, part: str, letter: str) -> HttpResponse:
    opened = _open(request, part)
    if opened is None:
        return _not_loaded(request, part, status=404)
    if letter not in opened.letters:
        return _letters(request, opened, missing=f"No main term stands under “{letter[:20]}”.", status=404)
    pages = _pages(opened, letter)
    (page,) = Paginator(pages, 1).get_page(request.GET.get("page"))
    return _page(request, opened, letter, pages, page)


@require_safe
def index_entry(request: HttpRequest, part: str, position: int) -> HttpResponse:
    """The printed page that an entry stands on, with the entry marked."""
    opened = _open(request, part)
    if opened is None:
        return _not_loaded(request, part, status=404)
    letter = printed_index.head_of(opened.heads, position).letter
    pages = _pages(opened, letter)
    page = next((page for page in pages if position in page), None)
    if page is None:
        return _letters(request, opened, missing="This release has no such entry.", status=404)
    return _page(request, opened, letter, pages, page, marked=position)


def _pages(opened: Opened, letter: str) -> list[range]:
    starts = [head.position for head in opened.heads if head.letter == letter]
    later = [head.position for head in opened.heads if head.position > starts[-1]]
    end = later[0] if later else index_pages.end_of(opened.release.id, opened.name)
    return printed_index.pages(starts, end, TABLE_PAGE_ENTRIES if opened.part.columns else PAGE_ENTRIES)


def _page(
    request: HttpRequest,
    opened: Opened,
    letter: str,
    pages: list[range],
    page: range,
    marked: int | None = None,
) -> HttpResponse:
    release_id = opened.release.id
    here = page.start if marked is None else marked
    entries = index_pages.entries(release_id, opened.name, page)
    paths = index_pages.paths(release_id, {here, *(each.start for each in pages)})
    known = index_pages.codes_in(opened.book.id, printed_index.targets_of(entries)) if opened.book else None
    current = printed_index.head_of(opened.heads, here)
    at = opened.heads.index(current)
    guides = printed_index.guide_words(opened.name, [paths[each.start] for each in pages])
    place = marks.context_for(request, opened.part.book, Mark.PlaceKind.LETTER, f"{opened.name}/{letter}")
    context = opened.context | {
        "letter": letter,
        "pages": list(zip(pages, guides, strict=True)),
        "here": page,
        "lines": Printer(opened.name, known).lines(paths[page.start][:-1], entries),
        "seen": index_pages.parts_at(release_id, printed_index.seen_positions(entries)),
        "marked": marked,
        "marked_path": "" if marked is None else ", ".join(printed_index.way(opened.name, paths[marked])),
        "previous": opened.heads[at - 1] if at else None,
        "next": opened.heads[at + 1] if at + 1 < len(opened.heads) else None,
        **place,
    }
    return render(request, "codesets/index_page.html", context)


def _letters(
    request: HttpRequest, opened: Opened, *, wanted: str = "", missing: str = "", status: int = 200
) -> HttpResponse:
    context = opened.context | {"wanted": wanted, "missing": missing}
    return render(request, "codesets/index.html", context, status=status)


def _not_loaded(request: HttpRequest, name: str, *, status: int) -> HttpResponse:
    about = _about(name, read_on(request.GET))
    return render(request, "codesets/index_not_loaded.html", about, status=status)
