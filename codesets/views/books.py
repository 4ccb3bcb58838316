"""The books: what is in force, browsing by chapter and block, a code's page and its card."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, require
from codesets import catalog, hcpcs_details, index_pages, marks, pcs_builder, printed, selectors, vintage
from codesets.forms import OnDate, read_on
from codesets.licensing import may_read, readable_systems
from codesets.models import NoteKind
from codesets.symbols import symbols_of
from codesets.systems import EDIT_TABLES, REFERENCES, SYSTEMS, Reference, System, display, normalize

CARD_KINDS = ("excludes1", "code_first", "use_additional", "code_also")
CARD_GROUPS = 3
CARD_LINES = 4
# A table of ICD-10-PCS has up to 1,500 codes.
TREE_ROWS = 120
BELOW_ROWS = 100


def guard_system(request: HttpRequest, system: str, *, card: bool = False) -> HttpResponse | None:
    """404 for a system there is none of; for a licensed book the sign-in page, or why it is closed."""
    if system not in set(System):
        raise Http404
    if not may_read(request.user, system):
        return _closed(request, card=card)
    return None


@require(Permission.LEARN)
def _closed(request: HttpRequest, *, card: bool) -> HttpResponse:
    if card:  # which shows what comes with a 404, and takes any other refusal for a failure
        return render(request, "codesets/_cpt_closed_card.html", status=404)
    return render(request, "codesets/cpt_closed.html", {"nav": "books"}, status=403)


@require_safe
def books(request: HttpRequest) -> HttpResponse:
    asked = read_on(request.GET)
    readable = readable_systems(request.user)
    releases = [release for release in catalog.releases_in_force(asked.on) if release.system in readable]
    in_force = {release.system: release for release in releases}
    shelf = [_shelf_entry(system, in_force.get(system), asked.on) for system in System]
    context = {
        "nav": "books",
        "indexes": index_pages.shelf(asked.on),
        "shelf": shelf,
        "references": _references(asked.on),
        **asked.context,
    }
    return render(request, "codesets/books.html", context)


@require_safe
def book(request: HttpRequest, system: str) -> HttpResponse:
    asked = read_on(request.GET)
    release = catalog.release_in_force(system, asked.on)
    # A book that is not loaded has nothing to guard: anyone may read why it is not there.
    if (release or system not in set(System)) and (refused := guard_system(request, system)):
        return refused
    shelf = [_shelf_entry(System(system), release, asked.on)]
    context = {
        "nav": "books",
        "indexes": index_pages.shelf(asked.on, system),
        "shelf": shelf,
        "only": SYSTEMS[System(system)],
        **asked.context,
    }
    return render(request, "codesets/books.html", context)


def _shelf_entry(system: System, release: catalog.ReleaseInfo | None, on: date) -> dict:
    entry = {"system": system.value, "info": SYSTEMS[system], "release": release}
    if release is None:
        return entry
    shown = catalog.browse(system, on)
    return entry | {"chapters": shown.headings if shown else []} | _vintage(system, release, on)


def _references(on: date) -> list[dict]:
    """Indexes and edit tables, loaded for the date or not, with their vintage."""
    in_force = {release.table or release.system: release for release in catalog.references_in_force(on)}
    names = {index.value: REFERENCES[index].name for index in Reference if index != Reference.EDITS}
    names |= {table.value: name for table, name in EDIT_TABLES.items()}
    return [{"name": name} | _vintage(book, in_force.get(book), on) for book, name in names.items()]


def _vintage(book: str, release: catalog.ReleaseInfo | None, on: date) -> dict:
    if release is None:
        return {"release": None}
    window = (release.effective_from, release.effective_to)
    return {
        "release": release,
        "last_day": vintage.last_day(release.effective_to),
        "superseded": vintage.may_be_superseded(book, *window, on),
        "year_end": vintage.year_end(book, release.effective_from),
    }


@require_safe
def heading(request: HttpRequest, system: str, kind: str, name: str) -> HttpResponse:
    """A chapter with its blocks and their categories, or one block."""
    if refused := guard_system(request, system):
        return refused
    asked = read_on(request.GET)
    shown = catalog.browse(system, asked.on, name)
    if shown is None or shown.trail[-1].kind != kind:
        return _missing(request, system, name, asked)
    here = shown.trail[-1]
    blocks: list[dict[str, Any]] = [{"codes": shown.codes}] if shown.codes else []
    if shown.headings and system != System.ICD10PCS:
        under = selectors.categories(shown.release.id, here.name)
        blocks = [{"name": b.name, "title": b.title, "codes": under.get(b.name, [])} for b in shown.headings]
    listed = [row for block in blocks for row in block["codes"]]
    context = {
        "nav": "books",
        "system": system,
        "info": SYSTEMS[System(system)],
        "release": shown.release,
        "chapter": shown.trail[0] if len(shown.trail) > 1 else None,
        "heading": here,
        "notes": [_group(group, from_above=False) for group in printed.note_groups(shown.notes)],
        "blocks": blocks,
        "options": pcs_builder.choices(shown) if system == System.ICD10PCS else [],
        "missing": _missing_places(shown.release, listed),
        "symbols": symbols_of([(system, row.code, row.title) for row in listed], asked.on),
        **marks.context_for(request, system, kind, name),
        **asked.context,
    }
    return render(request, "codesets/heading.html", context)


@require_safe
def code(request: HttpRequest, system: str, code: str) -> HttpResponse:
    if refused := guard_system(request, system):
        return refused
    asked = read_on(request.GET)
    page = catalog.code_page(system, code, asked.on)
    if page is None:
        return _missing(request, system, code, asked)
    path = [ancestor.code for ancestor in page.ancestors] + [page.code.code]
    release_id = page.code.release.id
    family = selectors.family(release_id, path)
    rows = family if len(family) > 1 else selectors.around(release_id, page.code.code)
    complete = request.GET.get("valid") == "1"
    listed = selectors.billable_below(release_id, page.code.code) if complete else page.children
    below = Paginator(listed, BELOW_ROWS).get_page(request.GET.get("page", "1"))
    shown: list[Any] = [page.code, *below]
    context = {
        "nav": "books",
        "page": page,
        "below": below,
        "complete": complete,
        "missing": _missing_places(page.code.release, below),
        "system": system,
        "tree": printed.tree(system, printed.near(rows, page.code.code, TREE_ROWS)),
        "notes": _notes(page),
        "sevenths": _sevenths(page, [row.code for row in family]),
        "details": _details(page, asked.on) if system == System.HCPCS else None,
        "builder": _builder(request, page),
        "leading": index_pages.index_entries_for(system, page.code.code, asked.on),
        "symbols": symbols_of([(system, each.code, each.title) for each in shown], asked.on),
        **_head(page),
        **marks.context_for(request, system, "code", page.code.code),
        **asked.context,
    }
    return render(request, "codesets/code.html", context)


@require_safe
@cache_control(private=True, max_age=300)
def code_card(request: HttpRequest, system: str, code: str) -> HttpResponse:
    """A fragment for the card of a code reference: plain text, no links, so that it can be a tooltip."""
    if refused := guard_system(request, system, card=True):
        return refused
    asked = read_on(request.GET)
    page = catalog.code_page(system, code, asked.on)
    if page is None:
        context = {
            "wanted": display(system, normalize(code)),
            "info": SYSTEMS[System(system)],
            "release": catalog.release_in_force(system, asked.on),
            **asked.context,
        }
        return render(request, "codesets/_code_card_missing.html", context, status=404)
    notes = [group for group in _notes(page) if group["kind"] in CARD_KINDS][:CARD_GROUPS]
    for group in notes:
        group["more"] = max(0, len(group["lines"]) - CARD_LINES)
        group["lines"] = group["lines"][:CARD_LINES]
    return render(request, "codesets/_code_card.html", {"notes": notes, **_head(page)})


def _head(page: catalog.CodePage) -> dict:
    """What stands at the top of a code: its tiles and the character it still needs."""
    info = page.code
    shortest = min((len(child.code) for child in page.children), default=None)
    needs = None if info.billable else printed.missing_place(info.system, info.code, shortest)
    return {"code": info, "needs": needs, "tiles": printed.tiles(info.system, info.code, needs)}


def _missing_places(release: catalog.ReleaseInfo, rows: Iterable[Any]) -> dict[str, int]:
    """Of each header among the rows which character it needs next; one query where there is a header."""
    headers = [row.code for row in rows if not row.billable]
    lengths = selectors.lengths_below(release.id, headers) if headers else {}
    places = {code: printed.missing_place(release.system, code, lengths.get(code)) for code in headers}
    return {code: place for code, place in places.items() if place}


def _notes(page: catalog.CodePage) -> list[dict]:
    """Own notes, then those from above, the nearest owner first, without the seventh-character table's."""
    own = printed.note_groups(n for n in page.notes_own if n.kind != NoteKind.SEVENTH_CHARACTER)
    above = printed.note_groups(n for n in page.notes_inherited if n.kind != NoteKind.SEVENTH_CHARACTER)
    groups = [_group(group, from_above=False) for group in own]
    return groups + [_group(group, from_above=True) for group in printed.nearest_first(above)]


def _group(group: printed.NoteGroup, *, from_above: bool) -> dict:
    return {
        "kind": group.kind,
        "label": _label(group),
        "owner_kind": group.owner_kind,
        "owner_display": group.owner_display,
        "owner_title": group.owner_title,
        "lines": group.lines,
        "from_above": from_above,
    }


def _label(group: printed.NoteGroup) -> str:
    """As the sentence reads on: "Use additional" stands before "code to identify ..."."""
    if group.kind == NoteKind.USE_ADDITIONAL and group.lines[0].text.startswith("code"):
        return "Use additional"
    return NoteKind(group.kind).label


def _sevenths(page: catalog.CodePage, family: list[str]) -> dict | None:
    """The seventh characters as a table, with complete codes where one character is missing or given."""
    if page.seventh is None:
        return None
    code = page.code.code
    below = [child.code for child in page.children if len(child.code) == printed.SEVENTH]
    beside = [each for each in family if len(code) == len(each) == printed.SEVENTH and each[:-1] == code[:-1]]
    own = page.seventh.owner.code == code
    return {
        "own": own,
        "owner": page.seventh.owner.code,
        "rows": printed.seventh_rows(code, page.seventh.characters, below or beside),
        "complete": bool(below or beside),
        "lead": _seventh_lead(page),
    }


def _seventh_lead(page: catalog.CodePage) -> list[printed.NoteLine]:
    """What the book prints above the definition that is in force here."""
    owner = page.seventh.owner.code if page.seventh else ""
    notes = [n for n in (*page.notes_own, *page.notes_inherited) if n.kind == NoteKind.SEVENTH_CHARACTER]
    return [line for g in printed.note_groups(n for n in notes if n.owner == owner) for line in g.lines]


def _details(page: catalog.CodePage, on: date) -> hcpcs_details.HcpcsDetails:
    return hcpcs_details.describe(page.details, page.code.kind, on)


def _builder(request: HttpRequest, page: catalog.CodePage) -> pcs_builder.Builder | None:
    if page.code.system != System.ICD10PCS:
        return None
    return pcs_builder.describe(page, request.GET.get("then", ""))


def _missing(request: HttpRequest, system: str, wanted: str, asked: OnDate) -> HttpResponse:
    """404 that says which book was looked in, what stands nearest and where the code is found instead."""
    stored = normalize(wanted)
    release = catalog.release_in_force(system, asked.on)
    above = [(system, stored[:length]) for length in range(len(stored) - 1, 2, -1)] if release else []
    found = catalog.find_codes(above, asked.on)
    context = {
        "nav": "books",
        "system": system,
        "info": SYSTEMS[System(system)],
        "wanted": display(system, stored) or wanted[:20],
        "wanted_code": stored,
        "release": release,
        "nearest": next((found[pair] for pair in above if pair in found), None),
        "others": selectors.published_with_code(system, stored),
        **asked.context,
    }
    return render(request, "codesets/code_missing.html", context, status=404)
