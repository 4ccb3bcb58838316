"""Which books a person may read: the one place that says it.

Books in the public domain are open to anybody. CPT belongs to the American Medical Association: it is open to
those who signed in, while the licence of the school is in force. A demonstration shows without one what is
loaded, marked as an evaluation. The licence is asked for today, whatever the date that a page is shown for.
"""

from datetime import date

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Permission, has_permission
from codesets.models import CptLicence
from codesets.systems import PUBLIC_DOMAIN, System

LICENSED = frozenset(System) - PUBLIC_DOMAIN


def licences() -> QuerySet[CptLicence]:
    """All that were recorded, newest first."""
    return CptLicence.objects.select_related("recorded_by").order_by("-pk")


def newest_licence() -> CptLicence | None:
    """The licence recorded last, in force or not: it alone counts."""
    return CptLicence.objects.order_by("-pk").first()


def licence_in_force(on: date) -> CptLicence | None:
    """The licence recorded last, up to and with its last day."""
    newest = newest_licence()
    return newest if newest is not None and on <= newest.expires_on else None


def licence_problem(on: date) -> str:
    """Why no licence is in force, in a sentence; empty while one is."""
    newest = newest_licence()
    if newest is None:
        return "No CPT licence is recorded."
    if newest.expires_on < on:
        return f"The CPT licence of {newest.holder} ended on {newest.expires_on:%-d %B %Y}."
    return ""


def closed_because() -> str:
    """Why CPT is shown to nobody today, in a sentence; empty while it is open to those who signed in."""
    return "" if settings.DEMO else licence_problem(timezone.localdate())


def is_evaluation() -> bool:
    """Whether CPT is open although no licence is in force: in a demonstration alone."""
    return bool(settings.DEMO and licence_problem(timezone.localdate()))


def open_systems() -> frozenset[str]:
    """The systems that are open today to those who signed in."""
    return PUBLIC_DOMAIN if closed_because() else frozenset(System)


def readable_systems(user) -> frozenset[str]:
    """The systems that this person may read today; asks nothing of the database for a visitor."""
    return open_systems() if has_permission(user, Permission.LEARN) else PUBLIC_DOMAIN


def may_read(user, book: str) -> bool:
    """The same of one system or reference book, without a question where it is open to anybody."""
    return book not in LICENSED or book in readable_systems(user)


def active_accounts() -> int:
    """How many people may sign in, to compare with the users of the licence."""
    return User.objects.filter(is_active=True).count()
