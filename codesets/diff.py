"""What one release of a system changes against another: set arithmetic in the database, over all rows."""

from dataclasses import asdict, dataclass

from django.db import connection

from codesets.models import Release
from codesets.systems import display

_ROWS = """
SELECT coalesce(new.code, old.code), new.title, old.title, new.billable, old.billable
FROM (SELECT code, title, billable, position FROM codesets_code WHERE release_id = %(new)s) new
FULL JOIN (SELECT code, title, billable, position FROM codesets_code WHERE release_id = %(old)s) old
    ON new.code = old.code
WHERE new.code IS NULL OR old.code IS NULL OR new.title <> old.title OR new.billable <> old.billable
ORDER BY 1
"""


@dataclass(frozen=True)
class Change:
    """`title` and `billable` are the new release's (the old one's if deleted), `was` what it replaced."""

    code: str
    display: str
    title: str
    billable: bool
    was: str | bool | None = None


@dataclass(frozen=True)
class ReleaseDiff:
    """A code may be in `revised` and in `billable`."""

    added: tuple[Change, ...]
    deleted: tuple[Change, ...]
    revised: tuple[Change, ...]
    billable: tuple[Change, ...]

    def as_json(self) -> dict[str, list[dict]]:
        """The four lists of the contract; each change without what it does not have."""
        return {
            name: [
                {key: value for key, value in asdict(change).items() if value is not None}
                for change in getattr(self, name)
            ]
            for name in ("added", "deleted", "revised", "billable")
        }


def diff_releases(old_id: int | None, new_id: int) -> ReleaseDiff:
    """Against nothing (None) every code is added. Headers count; chapters and blocks are not rows."""
    system = Release.objects.values_list("system", flat=True).get(pk=new_id)
    lists: dict[str, list[Change]] = {"added": [], "deleted": [], "revised": [], "billable": []}
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, {"new": new_id, "old": old_id})
        for code, title, old_title, billable, old_billable in cursor.fetchall():
            shown = display(system, code)
            if old_title is None:
                lists["added"].append(Change(code, shown, title, billable))
            elif title is None:
                lists["deleted"].append(Change(code, shown, old_title, old_billable))
            else:
                if title != old_title:
                    lists["revised"].append(Change(code, shown, title, billable, old_title))
                if billable != old_billable:
                    lists["billable"].append(Change(code, shown, title, billable, old_billable))
    return ReleaseDiff(**{name: tuple(changes) for name, changes in lists.items()})
