"""Reads Table 6K of the MS-DRG tables: which principal diagnosis takes a CC or MCC its effect. Pure.

The file (CMS, final rule of each fiscal year, fixed width) has four sections below an explanation:
  "K Part 1": each CC and MCC with its level and the collection of principal diagnoses that exclude it,
              " A020    CC  0004:76 codes     Salmonella enteritis", or "No Excl" where none does;
  "PDX collection 0004": the codes of a collection, and so on through all of them;
  "K Part 2": codes that count only if the patient was discharged alive;
  "K Part 3": diagnoses that do not count in some MS-DRGs, under heads such as "MDC 01 DRGs 082-084 Traumatic
              Stupor and Coma >1 Hour".
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from codesets.importers.base import Findings, Source
from codesets.importers.edits_rows import text_lines

_CODE = r"([A-Z][0-9A-Z]{2,6})"
_PART = re.compile(r"K Part ([1-3])\b")
_LEVEL = re.compile(rf" ?{_CODE} +(CC|MCC) +(?:([0-9]{{4}}):([0-9,]{{1,7}}) codes?|No Excl) +(\S.*)")
_COLLECTION = re.compile(r"PDX collection ([0-9]{4})")
_MEMBER = re.compile(rf"  ?{_CODE} +(\S.*)")
_GROUP = re.compile(r"MDC ([0-9]{2}|PRE) DRGs? ([0-9]{3}(?:-[0-9]{3})?) +(\S.*)")
_HEADS = re.compile(r" *I10 Dx +Lev\b")


class Listed(NamedTuple):
    """A line of part 1: `level` "cc" or "mcc", `collection` empty where nothing excludes the code."""

    level: str
    collection: str
    line: int


class Group(NamedTuple):
    """Neighboring MS-DRGs in which some diagnoses do not count: MDC "01", DRGs "082-084", their name."""

    mdc: str
    drgs: str
    title: str


@dataclass
class Exclusions:
    """The whole table. `titles` has every code's, `groups` the diagnoses of each group of MS-DRGs."""

    listed: dict[str, Listed] = field(default_factory=dict)
    collections: dict[str, list[str]] = field(default_factory=dict)
    alive: set[str] = field(default_factory=set)
    groups: dict[Group, list[str]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)


def read_exclusions(source: Source, findings: Findings) -> Exclusions:
    """What is not laid out so, counted wrong or missing is an error: a table cut short must not pass."""
    reader = _Reader(findings)
    for line, text in text_lines(source):
        if text:
            reader.read(line, text)
    reader.check()
    return reader.table


class _Reader:
    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.table = Exclusions()
        self.part = "0"  # what explains the table stands before part 1
        self.codes: list[str] | set[str] | None = None  # where the codes of the section go
        self.promised: dict[str, int] = {}  # how many codes part 1 says that a collection has

    def read(self, line: int, text: str) -> None:
        if (part := _PART.match(text)) is not None:
            self.part = part[1]
            self.codes = self.table.alive if self.part == "2" else None
        elif (collection := _COLLECTION.fullmatch(text)) is not None:
            self.open(line, collection[1], self.table.collections, collection[1])
        elif self.part == "3" and (group := _GROUP.fullmatch(text)) is not None:
            self.open(line, Group(*group.groups()), self.table.groups, f"{group[1]} {group[2]}")
        elif self.codes is not None:
            self.member(line, text)
        elif self.part == "1":
            self.level(line, text)
        elif self.part != "0":
            self.stray(line)

    def open(self, line: int, key: str | Group, into: dict, name: str) -> None:
        if key in into:
            self.findings.error(f"{name} stands in Table 6K more than once.", line=line)
        self.codes = into.setdefault(key, [])

    def member(self, line: int, text: str) -> None:
        match = _MEMBER.fullmatch(text)
        if match is None or self.codes is None:
            self.stray(line)
            return
        code = self.title(match[1], match[2])
        if isinstance(self.codes, set):
            self.codes.add(code)
        else:
            self.codes.append(code)

    def level(self, line: int, text: str) -> None:
        match = _LEVEL.fullmatch(text)
        if match is None:
            if _HEADS.match(text) is None:
                self.stray(line)
            return
        code, level, collection, count, title = match.groups()
        if code in self.table.listed:
            self.findings.error(f"{code} stands in Table 6K more than once.", line=line, code=code)
        self.table.listed[self.title(code, title)] = Listed(level.lower(), collection or "", line)
        if collection:
            size = int(count.replace(",", "") or 0)
            if self.promised.setdefault(collection, size) != size:
                text = f"Table 6K gives collection {collection} different numbers of codes."
                self.findings.error(text, line=line, code=code)

    def title(self, code: str, title: str) -> str:
        """Keeps the first title of a code. Gives the code as kept: it stands in hundreds of collections."""
        self.table.titles.setdefault(code, title)
        return code

    def stray(self, line: int) -> None:
        self.findings.error("The line is not laid out as those of Table 6K.", line=line)

    def check(self) -> None:
        if not self.table.listed:
            self.findings.error("Table 6K lists no CC and no MCC.")
        for collection, size in self.promised.items():
            found = len(self.table.collections.get(collection, ()))
            if found != size:
                text = f"Collection {collection} of Table 6K should have {size:,} codes and has {found:,}."
                self.findings.error(text)
