"""The only writer of marks: bookmarks, tabs and notes in the books, each for its owner alone.

Limits keep one person from filling the table. Two requests at once may pass one by one, which harms nobody.
"""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from codesets.marks import Place, is_in_a_book
from codesets.models import Mark
from codesets.services.errors import CodesetError

LABEL_LENGTH = 24
NOTE_LENGTH = 2_000
MOST = {Mark.Kind.BOOKMARK: 2_000, Mark.Kind.TAB: 500, Mark.Kind.NOTE: 2_000}


class MarkRefused(CodesetError):
    """Too long, without a word, too many, or at a place that no book has."""


class UnknownMark(CodesetError):
    """There is no such mark of this person."""


def add_bookmark(*, place: Place, by: User) -> Mark:
    """Adding it again changes nothing. Raises MarkRefused."""
    return _put(place, Mark.Kind.BOOKMARK, "", by)


def put_tab(*, place: Place, label: str, by: User) -> Mark:
    """A tab with its label, or the new label of the one that is there. Raises MarkRefused."""
    return _put(place, Mark.Kind.TAB, _clean(" ".join(label.split()), LABEL_LENGTH, "A tab's label"), by)


def remove_bookmark(*, place: Place, by: User) -> None:
    _own(by, place).filter(kind=Mark.Kind.BOOKMARK).delete()


def remove_tab(*, place: Place, by: User) -> None:
    _own(by, place).filter(kind=Mark.Kind.TAB).delete()


@transaction.atomic
def add_note(*, place: Place, text: str, by: User) -> Mark:
    """A place takes any number of notes. Raises MarkRefused."""
    text = _clean(text, NOTE_LENGTH, "A note")
    _require_room(place, Mark.Kind.NOTE, by)
    return Mark.objects.create(kind=Mark.Kind.NOTE, text=text, **_where(by, place))


def edit_note(*, mark_id: int, text: str, by: User) -> Mark:
    """Raises UnknownMark, MarkRefused."""
    note = Mark.objects.filter(user=by, kind=Mark.Kind.NOTE, pk=mark_id).first()
    if note is None:
        raise UnknownMark("There is no such note of yours; it may have been deleted in another window.")
    note.text, note.changed_at = _clean(text, NOTE_LENGTH, "A note"), timezone.now()
    note.save(update_fields=["text", "changed_at"])
    return note


def delete_mark(*, mark_id: int, by: User) -> None:
    """A mark of any kind; one that is gone already stays gone. That of another is left alone."""
    Mark.objects.filter(user=by, pk=mark_id).delete()


@transaction.atomic
def _put(place: Place, kind: Mark.Kind, text: str, by: User) -> Mark:
    """The one mark of its kind that a place can have."""
    if not _own(by, place).filter(kind=kind).exists():
        _require_room(place, kind, by)
    says = {"text": text, "changed_at": timezone.now()}
    mark, _ = Mark.objects.update_or_create(kind=kind, **_where(by, place), defaults=says)
    return mark


def _where(by: User, place: Place) -> dict:
    return {"user": by, "book": place.book, "place_kind": place.kind, "place": place.name}


def _own(by: User, place: Place):
    return Mark.objects.filter(**_where(by, place))


def _require_room(place: Place, kind: Mark.Kind, by: User) -> None:
    if not is_in_a_book(place):
        raise MarkRefused("No book has this place, so nothing was marked.")
    if Mark.objects.filter(user=by, kind=kind).count() >= MOST[kind]:
        raise MarkRefused(
            f"You have {MOST[kind]:,} {kind.label.lower()}s, which is the most. Nothing was kept; "
            "remove some first."
        )


def _clean(text: str, most: int, what: str) -> str:
    """Without NUL, which the database refuses, and with the one line end on which browsers disagree."""
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if not text:
        raise MarkRefused(f"{what} needs at least one word.")
    if len(text) > most:
        raise MarkRefused(f"{what} has at most {most:,} characters; this one has {len(text):,}. Shorten it.")
    return text
