"""Code references against the books in force on a date, with the addresses of their pages and cards."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.urls import reverse

from codesets import catalog, refs
from codesets.licensing import open_systems
from codesets.systems import PUBLIC_DOMAIN, SYSTEMS, System


def resolver(on: date) -> refs.Resolve:
    """For `refs.render`: one query, whatever the text cites. Closed CPT has no titles."""

    def resolve(pairs: Sequence[refs.Pair]) -> Mapping[refs.Pair, refs.Target]:
        return targets_by_day({on: pairs})[on]

    return resolve


def targets_by_day(wanted: Mapping[date, Iterable[refs.Pair]]) -> dict[date, dict[refs.Pair, refs.Target]]:
    """The same for many days, still in one query."""
    found = catalog.find_codes_by_day(wanted)
    licensed = any(system not in PUBLIC_DOMAIN for pairs in found.values() for system, _ in pairs)
    shown = open_systems() if licensed else PUBLIC_DOMAIN
    return {
        on: {
            pair: _target(info, on, info.title if info.system in shown else "")
            for pair, info in pairs.items()
        }
        for on, pairs in found.items()
    }


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
        kind=info.kind,
    )
