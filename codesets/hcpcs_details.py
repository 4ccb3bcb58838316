"""What the HCPCS file says of a code, in words for its page. Pure.

The details are those of codesets.importers.hcpcs_record, or the fewer of the teaching set.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from codesets import hcpcs_fields

_LEVEL_II = re.compile(r"[A-V][0-9]{4}|[A-Z][A-Z0-9]")
_KINDS = {"code": "Procedure or supply code", "modifier": "Modifier, reported on a code's line"}


class Reference(NamedTuple):
    """A code that CMS refers to in this one's place: of HCPCS Level II, or where not `level_ii`, of CPT."""

    code: str
    level_ii: bool


class Fact(NamedTuple):
    label: str
    values: list[str]
    references: list[Reference]


class Ending(NamedTuple):
    """`over` if the last day has passed on the day that the page is shown for."""

    last_day: date
    over: bool
    references: list[Reference]


class HcpcsDetails(NamedTuple):
    """`begins` is the day on which a code that is listed before its time may first be reported."""

    begins: date | None
    ending: Ending | None
    facts: list[Fact]


def describe(details: Mapping, kind: str, on: date) -> HcpcsDetails:
    """`kind` is code or modifier, `on` the day that the page is shown for.

    The codes that CMS refers to stand with the ending where there is one, else among the facts.
    """
    ending = _ending(details, on)
    added = date.fromisoformat(details["added"]) if details.get("added") else on
    kind_said = Fact("Kind", [_KINDS.get(kind, kind)], [])
    referred = Fact("CMS refers to", [], [] if ending else _references(details))
    facts = [kind_said, referred, *_facts(details)]
    begins = added if added > on else None
    return HcpcsDetails(begins, ending, [fact for fact in facts if fact.values or fact.references])


def _ending(details: Mapping, on: date) -> Ending | None:
    if not details.get("terminated"):
        return None
    last_day = date.fromisoformat(details["terminated"])
    return Ending(last_day, last_day < on, _references(details))


def _references(details: Mapping) -> list[Reference]:
    codes = details.get("cross_references", [])
    return [Reference(code, _LEVEL_II.fullmatch(code) is not None) for code in codes]


def _facts(details: Mapping) -> Iterator[Fact]:
    def plain(label: str, *names: str) -> Fact:
        values = [value for name in names for value in _listed(details.get(name))]
        return Fact(label, values, [])

    def explained(label: str, name: str, meanings: Mapping[str, str]) -> Fact:
        values = [_meaning(value, meanings) for value in _listed(details.get(name))]
        return Fact(label, values, [])

    def dated(label: str, name: str) -> Fact:
        return Fact(label, [_day(details[name])] if details.get(name) else [], [])

    yield plain("Short description", "short")
    yield explained("Medicare coverage", "coverage", hcpcs_fields.COVERAGE)
    yield explained("Pricing", "pricing", hcpcs_fields.PRICING)
    yield explained("Multiple pricing", "multiple_pricing", hcpcs_fields.MULTIPLE_PRICING)
    yield explained("Type of service", "type_of_service", hcpcs_fields.TYPE_OF_SERVICE)
    yield explained("BETOS group", "betos", hcpcs_fields.BETOS)
    yield plain("Anesthesia base units", "anesthesia_units")
    yield explained("Surgical centers", "asc_group", hcpcs_fields.ASC_GROUP)
    yield dated("Surgical centers since", "asc_date")
    yield plain("Outpatient group", "mog_group")
    yield explained("Outpatient payment", "mog_policy", hcpcs_fields.MOG_POLICY)
    yield dated("Outpatient group since", "mog_date")
    yield explained("Lab certification", "lab_certification", hcpcs_fields.LAB_CERTIFICATION)
    yield plain("Statute", "statute")
    yield plain("Coverage Issues Manual", "cim")
    yield plain("Medicare Carriers Manual", "mcm")
    yield plain("Processing note", "processing_note", "processing_note_text")
    yield dated("Added", "added")
    yield dated("Effective", "effective")
    yield explained("In this release", "action", hcpcs_fields.ACTIONS)


def _listed(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(each) for each in value]
    return [str(value)] if value else []


def _meaning(value: str, meanings: Mapping[str, str]) -> str:
    return f"{meanings.get(value, 'Not explained in the file')} ({value})"


def _day(written: str) -> str:
    return date.fromisoformat(written).strftime("%-d %b %Y")
