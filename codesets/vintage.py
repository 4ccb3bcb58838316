"""How long a release may be trusted: the end of the year that its books are published for. Pure."""

from datetime import date, timedelta

from codesets.systems import EditTable, Reference, System

# ICD-10-CM and ICD-10-PCS, their indexes and what CMS makes of their codes follow the federal fiscal year (1
# October to 30 September); CPT and HCPCS Level II the calendar year, with quarterly updates of HCPCS in
# between. NCCI edits and MUE are of a quarter.
_FISCAL = {
    *(System.ICD10CM, System.ICD10PCS, Reference.ICD10CM_INDEX, Reference.ICD10PCS_INDEX),
    *(EditTable.MCE, EditTable.POA_EXEMPT, EditTable.MS_DRG),
}
_QUARTERLY = {
    *(EditTable.NCCI_PRACTITIONER, EditTable.NCCI_HOSPITAL),
    *(EditTable.MUE_PRACTITIONER, EditTable.MUE_HOSPITAL, EditTable.MUE_DME),
}


def year_end(book: str, effective_from: date) -> date:
    """The last day of the year, or quarter, that a release effective on this day belongs to.

    `book` is a code system, an index, or one of the edit tables.
    """
    if book in _QUARTERLY:
        month = effective_from.month - (effective_from.month - 1) % 3 + 3
        return date(effective_from.year + month // 12, month % 12 or 12, 1) - timedelta(days=1)
    if book in _FISCAL:
        return date(effective_from.year + (effective_from.month >= 10), 9, 30)
    return date(effective_from.year, 12, 31)


def last_day(effective_to: date | None) -> date | None:
    """The last day in force; windows are stored with an exclusive end, None while it is open."""
    return effective_to - timedelta(days=1) if effective_to else None


def may_be_superseded(book: str, effective_from: date, effective_to: date | None, on: date) -> bool:
    """True for the newest release on a day past its year: a later one exists that nobody loaded here."""
    return effective_to is None and on > year_end(book, effective_from)
