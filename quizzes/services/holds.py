"""Setting items aside: new sittings leave a version out whose key is not valid in the book of its date.

A hold is made and lifted by the same check, so it always says how things stand. The check runs in the
transaction of what made it necessary: a release that takes other days, a version that becomes current.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet

from accounts import audit
from accounts.models import User
from codesets import catalog
from codesets.catalog import CodeInfo, ReleaseInfo
from codesets.systems import SYSTEMS, display
from quizzes.citations import credited_codes
from quizzes.models import ItemHold, ItemVersion


def receive_release_changed(
    sender: Any, *, system: str, start: date, end: date | None, by: User | None, **more: Any
) -> None:
    """Receives codesets.signals.release_changed. No key is a line of an index or of an edit table."""
    if system in SYSTEMS:
        recheck_window(system=system, start=start, end=end, by=by)


@transaction.atomic
def recheck_window(*, system: str, start: date, end: date | None, by: User | None) -> None:
    """Checks every current version dated in [start, end), days that one release of the system now holds."""
    _lock(shared=False)
    versions = _current().filter(service_date__gte=start)
    if end is not None:
        versions = versions.filter(service_date__lt=end)
    _settle(list(versions), system, start, by)


@transaction.atomic
def recheck_items(*, slugs: Collection[str], by: User | None) -> None:
    """Checks the current versions of these items, and lifts the holds of those that they replaced."""
    _lock(shared=True)
    replaced = ItemHold.objects.filter(item_version__item__slug__in=slugs).exclude(
        item_version=F("item_version__item__current")
    )
    for hold in replaced.select_related("item_version__item"):
        _lift(hold, by, "A newer version replaced it.")
    versions = _current().filter(item__slug__in=slugs).order_by("service_date")
    for on, dated in groupby(versions, key=lambda version: version.service_date):
        rows = list(dated)
        for system in sorted({system for row in rows for system, _ in credited_codes(row.content)}):
            _settle(rows, system, on, by)


def _lock(*, shared: bool) -> None:
    """Until the end of the transaction. Authors share it; a release that takes other days has it alone.

    Without it a version saved at that moment would be checked by neither: its author looks at the old book,
    the release does not see the new version.
    """
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtext('quizzes_holds'))")


def _current() -> QuerySet[ItemVersion]:
    return ItemVersion.objects.filter(item__current=F("pk")).select_related("item")


def _settle(versions: Iterable[ItemVersion], system: str, on: date, by: User | None) -> None:
    """Makes the system's holds of these versions what the release in force on the day says."""
    release = catalog.release_in_force(system, on)
    credited = {version: _credited(version, system) for version in versions}
    pairs = {(system, code) for codes in credited.values() for code in codes}
    found = catalog.find_codes(pairs, on) if release else {}
    standing = {
        hold.item_version_id: hold
        for hold in ItemHold.objects.filter(system=system, item_version__in=credited).select_related(
            "item_version__item"
        )
    }
    for version, codes in credited.items():
        reason = _reason(codes, release, found) if release else ""
        hold = standing.get(version.pk)
        if reason and release:
            _hold(hold or ItemHold(item_version=version, system=system), release, reason, by)
        elif hold:
            _lift(hold, by, "Its key is valid again." if release else "No book holds its date any more.")


def _credited(version: ItemVersion, system: str) -> list[str]:
    return sorted(code for of, code in credited_codes(version.content) if of == system)


def _reason(codes: Iterable[str], release: ReleaseInfo, found: Mapping[tuple[str, str], CodeInfo]) -> str:
    """Why the release does not bear out codes that earn credit; empty when it does."""
    book = f"{release.system_name} {release.label}"
    wrong = []
    for code in codes:
        info = found.get((release.system, code))
        if info is None:
            wrong.append(f"{display(release.system, code)} is not in {book}.")
        elif not info.billable:
            wrong.append(f"{info.display} is not valid for submission in {book}.")
    return " ".join(wrong)


def _hold(hold: ItemHold, release: ReleaseInfo, reason: str, by: User | None) -> None:
    if hold.reason == reason:
        return
    hold.release_label, hold.reason = release.label, reason
    hold.save()
    audit.record(
        by=by,
        action="quizzes.item.held",
        target=hold.item_version.item,
        after={"version": hold.item_version.number, "release": release.label},
        reason=reason,
    )


def _lift(hold: ItemHold, by: User | None, reason: str) -> None:
    version = hold.item_version
    audit.record(
        by=by,
        action="quizzes.item.hold_lifted",
        target=version.item,
        before={"version": version.number, "release": hold.release_label},
        reason=reason,
    )
    hold.delete()
