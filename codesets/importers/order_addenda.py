"""Addenda: what one release of ICD-10-CM or ICD-10-PCS changes in the one before, as CMS publishes it. Pure.

A line begins with `Add:`, `Delete:`, `Revise from:` or `Revise to:` in 13 columns and goes on as a line of
the order file does from its validity on. Addenda to the order file of ICD-10-PCS leave the validity out;
those to the list of valid ICD-10-CM codes leave out validity, headers and short titles. A code that becomes a
header, or a header that becomes a code, is deleted and added. Summaries of headers and codes end the file.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from codesets.importers.base import Findings, Level, Source
from codesets.importers.order_file import LINE_WIDTH, text_lines

VERB_WIDTH = 13
_VERBS = ("Add:", "Delete:", "Revise from:", "Revise to:")
_HEADING = re.compile(r"(Headers|Codes)", re.IGNORECASE)
_TOTAL = re.compile(r"([0-9]{1,9}) (?:headers|codes) in (\S+)")
_COUNT = re.compile(r"([0-9]{1,9}) (additions|deletions|revisions(?: to (?:both|long|short) [a-z ]+)?)")


class Layout(Enum):
    """What follows the verb; where no validity does, the fewest characters of a code that is no header."""

    CM_ORDER = (re.compile(r"(?P<validity>[01]) (?P<code>.{7}) (?P<short>.{60}) (?P<title>\S.*)"), 0)
    PCS_ORDER = (re.compile(r"(?P<code>.{7}) (?P<short>.{60}) (?P<title>\S.*)"), 7)
    CM_CODES = (re.compile(r"(?P<code>.{7}) (?P<title>\S.*)"), 3)

    def __init__(self, fields: re.Pattern[str], shortest: int) -> None:
        self.fields = fields
        self.shortest = shortest


class Entry(NamedTuple):
    """A line of the addenda; `short` is empty where the layout has none."""

    line: int
    code: str
    billable: bool
    short: str
    title: str


class Revision(NamedTuple):
    before: Entry
    after: Entry


@dataclass
class Tally:
    """A summary as printed. `totals`: how many the release before has and the release after, and their files.

    `counts`: "additions", "deletions", "revisions", "revisions to long title only" and the like.
    """

    totals: list[tuple[int, str]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


@dataclass
class Addenda:
    """The changes in the order of the file, and the summaries by what they are of: headers, codes."""

    additions: list[Entry] = field(default_factory=list)
    deletions: list[Entry] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)
    summaries: dict[str, Tally] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.additions) + len(self.deletions) + len(self.revisions)


def is_addenda(lines: list[str]) -> bool:
    """Whether lines are those of addenda. Addenda that change no code are their summaries alone."""
    first = [line.strip() for line in lines[:20] if line]
    changes = any(line[:VERB_WIDTH].rstrip() in _VERBS for line in first)
    return changes or any(_HEADING.fullmatch(a) and _TOTAL.fullmatch(b) for a, b in pairwise(first))


def marks_validity(lines: list[str]) -> bool:
    """Whether addenda have a validity after the verb, as those to the ICD-10-CM order file have."""
    bodies = [line[VERB_WIDTH:] for line in lines if line.startswith(_VERBS)]
    marked = sum(Layout.CM_ORDER.fields.fullmatch(body) is not None for body in bodies)
    return 2 * marked >= len(bodies)


def read_addenda(source: Source, findings: Findings, written: re.Pattern[str], layout: Layout) -> Addenda:
    """What can be read; what cannot is an error with its line, and so is a summary that counts otherwise.

    `written` is how a code of the system is written, without dot.
    """
    reader = _Reader(findings, written, layout)
    for at, line in enumerate(text_lines(source), start=1):
        if line:
            reader.read(at, line)
    reader.finish()
    return reader.addenda


class _Reader:
    def __init__(self, findings: Findings, written: re.Pattern[str], layout: Layout) -> None:
        self.findings = findings
        self.written = written
        self.layout = layout
        self.addenda = Addenda()
        self.seen: set[tuple[str, str]] = set()
        self.revised: Entry | None = None  # a "Revise from:" whose "Revise to:" is to follow
        self.tally: Tally | None = None

    def read(self, at: int, line: str) -> None:
        verb = line[:VERB_WIDTH].rstrip()
        if verb not in _VERBS:
            self.read_summary(at, line.strip())
        elif entry := self.read_entry(at, verb, line[VERB_WIDTH:]):
            self.keep(verb, entry)

    def read_entry(self, at: int, verb: str, body: str) -> Entry | None:
        match = self.layout.fields.fullmatch(body) if len(body) <= LINE_WIDTH else None
        code = match["code"].rstrip() if match else body[:9].lstrip("01 ").partition(" ")[0]
        problem = ""
        if match is None:
            problem = "The line does not have the columns of addenda."
        elif self.written.fullmatch(code) is None:
            problem = f"“{code}” is not how a code is written."
        elif (verb, code) in self.seen:
            problem = f"The addenda say “{verb} {code}” more than once."
        self.seen.add((verb, code))
        if match is None or problem:
            self.findings.error(problem, line=at, code=code)
            return None
        has = match.groupdict("")
        valid = has["validity"] == "1" if "validity" in has else len(code) >= self.layout.shortest
        return Entry(at, code, valid, has.get("short", "").strip(), has["title"].strip())

    def keep(self, verb: str, entry: Entry) -> None:
        if (verb == "Revise to:") != (self.revised is not None):
            self.unpaired(self.revised or entry)
            self.revised = None
        if verb == "Add:":
            self.addenda.additions.append(entry)
        elif verb == "Delete:":
            self.addenda.deletions.append(entry)
        elif verb == "Revise from:":
            self.revised = entry
        elif self.revised is not None:
            if self.revised.code == entry.code:
                self.addenda.revisions.append(Revision(self.revised, entry))
            else:
                self.unpaired(self.revised)
            self.revised = None

    def unpaired(self, entry: Entry) -> None:
        text = f"{entry.code} is not revised from one title and then to another."
        self.findings.error(text, line=entry.line, code=entry.code)

    def read_summary(self, at: int, line: str) -> None:
        if heading := _HEADING.fullmatch(line):
            self.tally = self.addenda.summaries.setdefault(heading[1].lower(), Tally())
        elif self.tally is not None and (total := _TOTAL.fullmatch(line)):
            self.tally.totals.append((int(total[1]), total[2]))
        elif self.tally is not None and (count := _COUNT.fullmatch(line)):
            self.tally.counts[count[2]] = int(count[1])
        elif line != "of which":
            self.findings.error(f"“{line[:40]}” is no line of addenda.", line=at)

    def finish(self) -> None:
        if self.revised is not None:
            self.unpaired(self.revised)
        if not self.addenda.summaries and self.layout is not Layout.CM_CODES:
            text = "The addenda end without a summary of their changes, so they may have been cut off."
            self.findings.add(Level.WARNING, text)
        for name, tally in self.addenda.summaries.items():
            for level, text in _disagreements(name, tally, counted(self.addenda, name == "codes")):
                self.findings.add(level, text)


def counted(addenda: Addenda, billable: bool) -> dict[str, int]:
    """What a summary of the codes, or else of the headers, should count."""
    revisions = [revision for revision in addenda.revisions if revision.after.billable == billable]
    changed = [(before.title != after.title, before.short != after.short) for before, after in revisions]
    return {
        "additions": sum(entry.billable == billable for entry in addenda.additions),
        "deletions": sum(entry.billable == billable for entry in addenda.deletions),
        "revisions": len(revisions),
        "revisions to both long and short titles": changed.count((True, True)),
        "revisions to long title only": changed.count((True, False)),
        "revisions to short title only": changed.count((False, True)),
    }


def _disagreements(name: str, tally: Tally, has: dict[str, int]) -> Iterator[tuple[Level, str]]:
    """Lost or doubled codes make a wrong release; a revision miscounted is a title at most."""
    for what, count in tally.counts.items():
        if what in has and count != has[what]:
            level = Level.WARNING if what.startswith("revisions") else Level.ERROR
            yield level, f"The summary counts {count:,} {what} of {name}, and the file has {has[what]:,}."
    if len(tally.totals) == 2:
        (before, _), (after, _) = tally.totals
        if before + has["additions"] - has["deletions"] != after:
            yield (
                Level.ERROR,
                f"The summary counts {before:,} {name} before and {after:,} after, and the file's "
                f"{has['additions']:,} additions and {has['deletions']:,} deletions do not lead from one to "
                "the other.",
            )
