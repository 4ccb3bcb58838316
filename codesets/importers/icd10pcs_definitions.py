"""The definitions of ICD-10-PCS in XML, as CMS publishes them: bytes to records. Pure.

Layout: `section@code > axis@pos > terms`, each with one or more `title`, and `definition`, `explanation` and
`includes`; then `deviceAggregation > aggregate`, the appendix that says which general device a specific one
belongs to: `device`, `operation`, `bodySys` and `parent@value`.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from codesets.importers.base import DefinitionRecord, Findings, ImportRefused, Level, Source
from codesets.importers.xml import child_text, clean
from codesets.importers.xml_lines import Lines

ROOT = "ICD10PCS.definitions"
RECORDS_LIMIT = 100_000  # the definitions of 2023 make about 1,100
TERMS_LIMIT = 100_000  # characters that one definition makes, its text once for each title
_SECTION = re.compile(r"[0-9A-HJ-NP-Z]")
_AXIS = re.compile(r"[1-7]")
Words = tuple[str, str, str, str]
"""Title, definition, explanation, includes."""


def read_definitions(root: ET.Element, source: Source, findings: Findings) -> list[DefinitionRecord]:
    """One record for each title, so that a value's label finds its own; several includes stand one a line.

    The device aggregation gives records of section 0, axis 6. Raises ImportRefused where nothing is defined,
    or far too much.
    """
    records: list[DefinitionRecord] = []
    for section, axis, words in _read(root, Lines(source), findings):
        if len(records) == RECORDS_LIMIT:
            raise ImportRefused(f"{source.name} defines far more than ICD-10-PCS has, so it was not read.")
        records.append(DefinitionRecord(section, axis, *words, len(records)))
    if not records:
        raise ImportRefused(f"{source.name} holds no definition.")
    return records


def _read(root: ET.Element, lines: Lines, findings: Findings) -> Iterator[tuple[str, int, Words]]:
    met = {"section": 0, "terms": 0, "aggregate": 0}  # how many of each so far
    for section in root.iterfind("section"):
        met["section"] += 1
        code = (section.get("code") or "").strip()
        for axis in section.iterfind("axis"):
            place = (axis.get("pos") or "").strip()
            known = _SECTION.fullmatch(code) and _AXIS.fullmatch(place)
            if not known:
                text = f"There is no axis “{place[:12]}” of a section “{code[:12]}” to define."
                findings.error(text, line=lines.of("section", met["section"]), code=code[:12])
            for terms in axis.iterfind("terms"):
                met["terms"] += 1
                if known:
                    words = _terms(terms, lines.of("terms", met["terms"]), findings)
                    yield from ((code, int(place), each) for each in words)
    for aggregate in root.iterfind("deviceAggregation/aggregate"):
        yield "0", 6, _aggregate(aggregate)


def _terms(terms: ET.Element, line: int | None, findings: Findings) -> Iterator[Words]:
    definition, explanation = child_text(terms, "definition"), child_text(terms, "explanation")
    includes = "\n".join(_all(terms, "includes"))
    titles = _all(terms, "title")
    text = len(definition) + len(explanation) + len(includes)
    if not titles or not 0 < text * len(titles) <= TERMS_LIMIT:
        said = "A definition has no title, no text or far too much of it, and was left out."
        findings.add(Level.WARNING, said, line=line)
        return
    for title in titles:
        yield title, definition, explanation, includes


def _aggregate(aggregate: ET.Element) -> Words:
    parent = aggregate.find("parent")
    value = "" if parent is None else (parent.get("value") or "").strip()
    general = f"{value} {child_text(aggregate, 'parent')}".strip()
    operations, systems = "; ".join(_all(aggregate, "operation")), "; ".join(_all(aggregate, "bodySys"))
    explanation = f"General device value: {general}. Operation: {operations}. Body system: {systems}."
    return child_text(aggregate, "device"), "", explanation, ""


def _all(element: ET.Element, tag: str) -> list[str]:
    return [text for each in element.iterfind(tag) if (text := clean(each.text))]
