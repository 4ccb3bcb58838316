"""The licence of the American Medical Association without which no CPT file is imported."""

from datetime import date

from django.db import transaction

from accounts import audit
from accounts.models import User
from codesets.licensing import licence_problem, newest_licence
from codesets.models import CptLicence
from codesets.services.errors import LicenceMissing


@transaction.atomic
def record_licence(*, holder: str, number: str, users: int, expires_on: date, by: User | None) -> CptLicence:
    """From now on this licence counts, and no earlier one. `expires_on` is its last day; one that has passed
    closes CPT. `users` is how many people it is for.
    """
    before = newest_licence()
    licence = CptLicence.objects.create(
        holder=holder.strip(), number=number.strip(), users=users, expires_on=expires_on, recorded_by=by
    )
    audit.record(
        by=by,
        action="codesets.licence.recorded",
        target=licence,
        before=_terms(before) if before else None,
        after=_terms(licence),
    )
    return licence


def require_licence(on: date) -> None:
    """Raises LicenceMissing when none is in force on the day; a demonstration needs one as well."""
    if problem := licence_problem(on):
        raise LicenceMissing(
            f"{problem} CPT files stay closed, and nothing was kept. An admin records the school's licence "
            "from the American Medical Association under Releases, CPT licence; then load the files again."
        )


def _terms(licence: CptLicence) -> dict[str, str | int]:
    return {
        "holder": licence.holder,
        "number": licence.number,
        "users": licence.users,
        "expires_on": licence.expires_on.isoformat(),
    }
