"""Code references against the books in force on a date, with the addresses of their pages and cards."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.urls import reverse

from codesets import catalog, refs
from codesets.licensing import open_systems
from codesets.systems import PUBLIC_DOMAIN, SYSTEMS, System


def resolver(on: date) -> refs.Resolve:
    """For `refs.render`: one query a system, whatever the text cites. Closed CPT has no titles."""

    def resolve(pairs: Sequence[refs.Pair]) -> Mapping[refs.Pair, refs.Target]:
        found = catalog.find_codes(pairs, on)
        licensed = any(system not in PUBLIC_DOMAIN for system, _ in found)
        shown = open_systems() if licensed else PUBLIC_DOMAIN
        return {
            pair: _target(info, on, info.title if info.system in shown else "")
            for pair, info in found.items()
        }

    return resolve


def _target(info: catalog.CodeInfo, on: date, title: str) -> refs.Target:
    where = {"system": info.system, "code": info.display}
    query = f"?on={on.isoformat()}"
    return refs.Target(
        display=info.display,
        title=title,
        billable=info.billable,
        url=reverse("codesets:code", kwargs=where) + query,
        card_url=reverse("codesets:code_card", kwargs=where) + query,
        css=SYSTEMS[System(info.system)].css,
    )
