"""A claim checked against the books of its date: facts gathered, rules asked, findings with addresses."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date
from typing import Any

from django.urls import reverse

from codesets import rule_facts
from codesets.rules import check
from codesets.rules.values import Claim, Finding, Source, SourceKind
from codesets.systems import display


def check_claim(claim: Claim, systems: Collection[str]) -> dict[str, Any]:
    """The contract's {"releases", "findings"}; `systems` are those that the asker may read."""
    facts = rule_facts.gather(claim, systems)
    return {
        "releases": {system: book.label for system, book in sorted(facts.books.items())},
        "findings": [as_json(finding, claim) for finding in check(claim, facts)],
    }


def as_json(finding: Finding, claim: Claim) -> dict[str, Any]:
    """Codes with their dots, the source with the address where it is read up on the claim's date."""
    systems = {line.code: line.system for line in claim.lines}
    said = asdict(finding)
    said["codes"] = [display(systems.get(code, _system_of(finding)), code) for code in finding.codes]
    said["source"] = source_as_json(finding.source, claim.on) if finding.source else None
    return said


def _system_of(finding: Finding) -> str:
    return finding.source.system if finding.source else ""


def source_as_json(source: Source, on: date) -> dict[str, str]:
    """What it is called, and the address where it is read up on that day."""
    shown = display(source.system, source.owner) if source.kind == SourceKind.CODE else source.owner
    return {"code": shown, "note": source.note, "url": _url(source, shown, on)}


def _url(source: Source, shown: str, on: date) -> str:
    """Empty for what stands in no book here: the guidelines and the manuals of the forms."""
    query = f"?on={on.isoformat()}"
    if source.kind == SourceKind.CODE:
        return reverse("codesets:code", args=[source.system, shown]) + query
    if source.kind in (SourceKind.CHAPTER, SourceKind.BLOCK):
        return reverse("codesets:heading", args=[source.system, source.kind.value, source.owner]) + query
    if source.kind == SourceKind.TABLE:
        return reverse("codesets:books") + query + "#references"
    return ""
