"""The tables of ICD-10-PCS in XML, as CMS publishes them, and the codes that they make. Pure.

Layout: `pcsTable` with an `axis` for each of the positions 1 to 3 that name it, then `pcsRow@codes` with an
`axis@values` for each of the positions 4 to 7, of `label@code`. A row makes the product of its labels.
"""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from itertools import product
from math import prod

from codesets.importers.base import Findings, ImportRefused, Level, Source
from codesets.importers.icd10pcs_names import header_title
from codesets.importers.xml import child_text, clean
from codesets.importers.xml_lines import Lines

ROOT = "ICD10PCS.tabular"
CODES_LIMIT = 200_000  # the tables of 2023 make 78,530; a row of a few hundred labels could make a million
LABEL_LIMIT = 200  # characters; a label stands in the title of every code that it makes
_CHARACTER = re.compile(r"[0-9A-HJ-NP-Z]")  # I and O are not used, so that nobody takes them for 1 and 0
_NOTHING = {"None", "No Device", "No Qualifier"}

Value = list[str]
"""A character and its label, ["0", "Open"]: a list, as it comes back from where the details are kept."""


@dataclass
class Table:
    """A table: the three `axes` that name it, the `titles` of all seven, and its rows of four axes of values.

    `definition` is the operation's, empty where the file has none. `codes` gives each code a title composed
    of its labels: plain and systematic, and ours, for the official titles stand in the order file alone.
    """

    axes: list[Value]
    titles: list[str]
    definition: str
    rows: list[list[list[Value]]] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        return "".join(character for character, _ in self.axes)

    @property
    def title(self) -> str:
        return header_title(*(label for _, label in self.axes))

    @property
    def details(self) -> dict:
        """What an axis-by-axis builder needs; codesets.pcs reads it."""
        return {
            "axes": self.axes,
            "titles": self.titles,
            "definition": self.definition,
            "rows": self.rows,
        }


def read_tables(root: ET.Element, source: Source, findings: Findings) -> list[Table]:
    """The tables in the order of the file. Raises ImportRefused where there is none, or far too much.

    A table or row that cannot be read is an error among the findings, and is left out.
    """
    if root.find("pcsTable") is None:
        raise ImportRefused(f"{source.name} holds no table.")
    return _Reader(source, findings).read(root)


def _expand(table: Table) -> None:
    """The codes of every row. Characters for nothing ("No Device") are left out of a title."""
    prefix, operation = table.code, table.axes[2][1]
    for row in table.rows:
        axes = [
            [
                (character, "" if character == "Z" and label in _NOTHING else f", {label}")
                for character, label in values
            ]
            for values in row
        ]
        for four, five, six, seven in product(*axes):
            labels = four[1] + five[1] + six[1] + seven[1]
            code = prefix + four[0] + five[0] + six[0] + seven[0]
            table.codes.setdefault(code, f"{operation}: {labels[2:]}" if labels else operation)


class _Reader:
    def __init__(self, source: Source, findings: Findings) -> None:
        self.source = source
        self.findings = findings
        self.lines = Lines(source)
        self.total = 0  # codes so far
        self.at = {"pcsTable": 0, "pcsRow": 0}  # how many of each have been met
        self.labels: dict[str, str] = {}  # of sections and body systems

    def read(self, root: ET.Element) -> list[Table]:
        tables: dict[str, Table] = {}
        for element in root.iterfind("pcsTable"):
            self.at["pcsTable"] += 1
            table = self.read_table(element)
            if table is not None and table.code in tables:
                self.error("pcsTable", "The table stands in the file more than once.", table.code)
            elif table is not None:
                tables[table.code] = table
        return list(tables.values())

    def read_table(self, element: ET.Element) -> Table | None:
        rows = element.findall("pcsRow")
        head = element.findall("axis")
        axes = [self.read_axis(axis, "pcsTable", "") for axis in head]
        if [axis.get("pos") for axis in head] != ["1", "2", "3"] or any(len(values) != 1 for values in axes):
            self.error("pcsTable", "A table is not named by one value each of axes 1, 2 and 3.", "")
            self.at["pcsRow"] += len(rows)
            return None
        titles = [_title(axis) for axis in head]
        table = Table([values[0] for values in axes], titles, child_text(head[2], "definition"))
        self.check_names(table)
        for row in rows:
            self.at["pcsRow"] += 1
            self.read_row(row, table)
        self.finish(table)
        return table

    def read_row(self, element: ET.Element, table: Table) -> None:
        head = element.findall("axis")
        if [axis.get("pos") for axis in head] != ["4", "5", "6", "7"]:
            self.error("pcsRow", "A row has not one axis each of 4, 5, 6 and 7.", table.code)
            return
        row = [self.read_axis(axis, "pcsRow", table.code) for axis in head]
        makes = prod(len(values) for values in row)
        stated = element.get("codes", str(makes)).strip()
        if stated != str(makes):
            text = f"A row says that it makes {stated[:12]} codes, and its labels make {makes:,}."
            self.error("pcsRow", text, table.code)
        self.total += makes
        if self.total > CODES_LIMIT:
            raise ImportRefused(
                f"{self.source.name} would make far more codes than ICD-10-PCS has, so it was not read."
            )
        self.name_axes(table, [_title(axis) for axis in head])
        if makes:
            table.rows.append(row)

    def read_axis(self, axis: ET.Element, tag: str, table: str) -> list[Value]:
        """The values that can be used; what is wrong with the others is said, with the table's code."""
        labels = axis.findall("label")
        values: dict[str, str] = {}
        for label in labels:
            character, text = (label.get("code") or "").strip(), clean(label.text)
            if not _CHARACTER.fullmatch(character) or not 0 < len(text) <= LABEL_LIMIT:
                text = (
                    f"A value of axis {_place(axis)} has no character, or no label of at most {LABEL_LIMIT}."
                )
                self.error(tag, text, table)
            elif character in values:
                self.error(tag, f"Axis {_place(axis)} has the character {character} twice.", table)
            else:
                values[character] = text
        stated = axis.get("values", str(len(labels))).strip()
        if stated != str(len(labels)):
            text = f"Axis {_place(axis)} says that it has {stated[:12]} values, and it has {len(labels):,}."
            self.error(tag, text, table)
        return [[character, text] for character, text in values.items()]

    def check_names(self, table: Table) -> None:
        """A section or body system that another table calls otherwise keeps the name it had first."""
        for beginning, (_, label) in ((table.code[:1], table.axes[0]), (table.code[:2], table.axes[1])):
            known = self.labels.setdefault(beginning, label)
            if known != label:
                text = f"{beginning} is called “{label}” here, and “{known}” in a table before."
                self.add(Level.WARNING, "pcsTable", text, table.code)

    def name_axes(self, table: Table, titles: list[str]) -> None:
        """Takes the titles of a table's first row, and says where a later row has others."""
        if len(table.titles) == 3:
            table.titles += titles
        elif table.titles[3:] != titles:
            text = f"A row calls its axes {', '.join(titles)[:120]}; the table calls them otherwise."
            self.add(Level.WARNING, "pcsRow", text, table.code)

    def finish(self, table: Table) -> None:
        _expand(table)
        made = sum(prod(len(values) for values in row) for row in table.rows)
        if not table.rows:
            self.error("pcsTable", "The table has no row that makes a code.", table.code)
        elif made > len(table.codes):
            text = f"Rows overlap: {made - len(table.codes):,} codes stand in more than one."
            self.add(Level.WARNING, "pcsTable", text, table.code)

    def error(self, tag: str, text: str, table: str) -> None:
        self.add(Level.ERROR, tag, text, table)

    def add(self, level: Level, tag: str, text: str, table: str) -> None:
        self.findings.add(level, text, line=self.lines.of(tag, self.at[tag]), code=table)


def _title(axis: ET.Element) -> str:
    return child_text(axis, "title") or f"Character {_place(axis)}"


def _place(axis: ET.Element) -> str:
    return (axis.get("pos") or "?")[:12]
