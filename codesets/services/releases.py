"""The only writer of a release's state and window.

Published windows of a system are disjoint and without a gap between them: each ends where the next begins,
and the newest is open. Of the edits this holds for each of their tables. Every change takes the system's lock
first, so two admins at once follow one another.
"""

from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from codesets import impact
from codesets.models import (
    Code,
    Definition,
    EditEntry,
    EditPair,
    Heading,
    IndexEntry,
    Note,
    Release,
    ReleaseState,
    SeventhCharacter,
)
from codesets.search import index as search_index
from codesets.services.errors import InUse, UnknownRelease, WindowTaken, WrongState
from codesets.signals import release_changed

TRANSITIONS: dict[str, frozenset[str]] = {
    ReleaseState.IMPORTING: frozenset({ReleaseState.STAGED}),
    ReleaseState.STAGED: frozenset({ReleaseState.PUBLISHED, ReleaseState.IMPORTING}),
    ReleaseState.PUBLISHED: frozenset({ReleaseState.WITHDRAWN}),
    ReleaseState.WITHDRAWN: frozenset({ReleaseState.PUBLISHED}),
}

ROWS = (Code, Heading, Note, SeventhCharacter, IndexEntry, Definition, EditEntry, EditPair)
ROW_TABLES = tuple(model._meta.db_table for model in ROWS)


@transaction.atomic
def publish_release(*, release_id: int, by: User | None, on: date | None = None) -> Release:
    """Puts a staged or withdrawn release in force from its date, or from `on` when that is given.

    Its window ends where the next published one begins, and its predecessor's ends where it begins. `by` is
    None for a command. Once committed, it can be searched. Raises UnknownRelease, WrongState, WindowTaken.
    """
    release = _lock(release_id)
    _check(release, ReleaseState.PUBLISHED)
    start = on or release.effective_from
    others = _published(release)
    same_day = next((other for other in others if other.effective_from == start), None)
    if same_day is not None:
        raise WindowTaken(
            f"{same_day} is already published from {start}; withdraw it first or give another date."
        )
    before = _window(release)
    predecessor = max((o for o in others if o.effective_from < start), key=_start, default=None)
    successor = min((o for o in others if o.effective_from > start), key=_start, default=None)
    if predecessor is not None:
        _end_at(predecessor, start, by=by)
    release.effective_from = start
    release.effective_to = successor.effective_from if successor else None
    release.state = ReleaseState.PUBLISHED
    release.published_at = timezone.now()
    release.published_by = by
    release.save()
    search_index.build(release.pk)
    audit.record(
        by=by, action="codesets.release.published", target=release, before=before, after=_window(release)
    )
    release_changed.send(Release, system=release.system, start=start, end=release.effective_to, by=by)
    return release


@transaction.atomic
def withdraw_release(*, release_id: int, by: User | None) -> Release:
    """Takes a published release out of force and gives its days to its predecessor, if there is one.

    Raises UnknownRelease, WrongState, and InUse when anything published or graded is dated in its window.
    """
    release = _lock(release_id)
    _check(release, ReleaseState.WITHDRAWN)
    rows = impact.ask(impact.Question(release.system, None, release.effective_from, release.effective_to))
    blocked = [row for row in rows if row.blocked]
    if blocked:
        raise InUse(
            f"{release} stays published: {len(blocked):,} published or graded "
            f"{'thing is' if len(blocked) == 1 else 'things are'} dated in its window, "
            f"the first is {blocked[0].label}.",
            blocked,
        )
    before = _window(release)
    end, start = release.effective_to, release.effective_from
    release.state = ReleaseState.WITHDRAWN
    release.effective_to = None
    release.save()
    search_index.erase(release.pk)
    predecessor = max((o for o in _published(release) if o.effective_from < start), key=_start, default=None)
    if predecessor is not None:
        _end_at(predecessor, end, by=by)
    audit.record(
        by=by, action="codesets.release.withdrawn", target=release, before=before, after=_window(release)
    )
    release_changed.send(Release, system=release.system, start=start, end=end, by=by)
    return release


@transaction.atomic
def discard_release(*, release_id: int, by: User | None) -> None:
    """Deletes a staged release with all its rows. Raises UnknownRelease, WrongState."""
    release = _lock(release_id)
    _check(release, ReleaseState.IMPORTING)
    audit.record(by=by, action="codesets.release.discarded", target=release, before=_window(release))
    # The rows' triggers let go only of a release that is being imported.
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.IMPORTING)
    with connection.cursor() as cursor:
        for table in ROW_TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE release_id = %s", [release.pk])
    release.delete()


def _lock(release_id: int) -> Release:
    """The release, after this transaction has the lock of its system."""
    system = Release.objects.filter(pk=release_id).values_list("system", flat=True).first()
    if system is None:
        raise UnknownRelease("There is no such release; it may have been discarded.")
    lock_system(system)
    return Release.objects.select_for_update(of=("self",)).get(pk=release_id)


def lock_system(system: str) -> None:
    """Until the end of the transaction nobody else changes windows or labels of the system."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('codesets_release'), hashtext(%s))", [system])


def _check(release: Release, to: str) -> None:
    if to not in TRANSITIONS[release.state]:
        does = {
            ReleaseState.PUBLISHED: "published",
            ReleaseState.WITHDRAWN: "withdrawn",
            ReleaseState.IMPORTING: "discarded",
        }[ReleaseState(to)]
        raise WrongState(f"{release} is {release.get_state_display().lower()}, so it cannot be {does}.")


def _published(book: Release) -> list[Release]:
    rows = Release.objects.filter(system=book.system, table=book.table, state=ReleaseState.PUBLISHED)
    return list(rows.select_for_update(of=("self",)))


def _start(release: Release) -> date:
    return release.effective_from


def _end_at(release: Release, end: date | None, *, by: User | None) -> None:
    before = _window(release)
    release.effective_to = end
    release.save(update_fields=["effective_to"])
    audit.record(
        by=by, action="codesets.release.window", target=release, before=before, after=_window(release)
    )


def _window(release: Release) -> dict:
    return {
        "state": release.state,
        "effective_from": release.effective_from.isoformat(),
        "effective_to": release.effective_to.isoformat() if release.effective_to else None,
    }
