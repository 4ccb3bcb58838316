"""How long a release may be trusted: the end of the year that its books are published for. Pure."""

from datetime import date, timedelta

from codesets.systems import System

# ICD-10-CM and ICD-10-PCS follow the federal fiscal year (1 October to 30 September); CPT and HCPCS Level II
# the calendar year, with quarterly updates of HCPCS in between.
_FISCAL = (System.ICD10CM, System.ICD10PCS)


def year_end(system: str, effective_from: date) -> date:
    """The last day of the year that a release effective on this day belongs to."""
    if system not in _FISCAL:
        return date(effective_from.year, 12, 31)
    return date(effective_from.year + (effective_from.month >= 10), 9, 30)


def last_day(effective_to: date | None) -> date | None:
    """The last day in force; windows are stored with an exclusive end, None while it is open."""
    return effective_to - timedelta(days=1) if effective_to else None


def may_be_superseded(system: str, effective_from: date, effective_to: date | None, on: date) -> bool:
    """True for the newest release on a day past its year: a later one exists that nobody loaded here."""
    return effective_to is None and on > year_end(system, effective_from)
