"""Small releases made straight from records, through the loader."""

from datetime import date

from codesets.importers.base import Book, CodeRecord, HeadingRecord, NoteRecord, silent
from codesets.loader import Load
from codesets.models import Release, ReleaseState


def load(label: str, book: Book, system: str = "icd10cm", effective_from: date = date(2026, 4, 1)) -> Release:
    """A staged release with the rows of the book."""
    release = Release.objects.create(
        system=system,
        label=label,
        effective_from=effective_from,
        source_sha256="0" * 64,
        codes_total=len(book.codes),
        codes_billable=book.billable,
        contents=book.contents,
    )
    Load(release.pk, silent).rest(book)
    release.state = ReleaseState.STAGED
    release.save()
    return release


def codes(*rows: tuple[str, str, bool], chapter: str = "1", **details: dict) -> list[CodeRecord]:
    """(code, title, billable) each; its parent is the longest other code that it begins with."""
    names = [name for name, _, _ in rows]
    records = []
    for position, (name, title, billable) in enumerate(rows):
        above = [other for other in names if other != name and name.startswith(other)]
        parent = max(above, key=len, default="")
        place = (parent, 0, chapter, "", position)
        records.append(CodeRecord(name, title, billable, *place, details=details.get(name)))
    return records


def notes(*rows: tuple[str, str, str], owner_kind: str = "code") -> list[NoteRecord]:
    """(owner, kind, text) each."""
    return [
        NoteRecord(owner_kind, owner, kind, position, text, [])
        for position, (owner, kind, text) in enumerate(rows)
    ]


def heading(kind: str, name: str, title: str, parent: str = "") -> HeadingRecord:
    return HeadingRecord(kind, name, title, parent, 0)
