"""What is checked of a book once it is read, against the books in force on its date. Pure."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from codesets.importers.base import Book, EditRecord, IndexRecord, Level
from codesets.index_paths import path_of
from codesets.systems import System, display

NAMED = 3  # of the entries that lead to one code
CODES_NAMED = 5  # of the codes that one finding is about
SEVENTH = 7  # characters of the longest code
_PRINTED = re.compile(r"[A-Z0-9.]+-?")


class _Release:
    """The stored codes of a release in force, and how it is called."""

    def __init__(self, system: str, codes: Mapping[str, bool], name: str) -> None:
        self.system = system
        self.codes = codes
        self.name = name
        self._in_order: list[str] = []

    def has(self, code: str) -> bool:
        """Whether it is a code, or begins one: the index of ICD-10-PCS gives 0UT9, and no book lists that."""
        return code in self.codes or self._at(code, 0).startswith(code)

    def lacks_seventh(self, code: str) -> bool:
        """Whether a header needs its seventh character and nothing before it."""
        return len(self._at(code, 1)) == SEVENTH

    def _at(self, code: str, further: int) -> str:
        """The code in its place in alphabetical order, or so many places further; "" past the last."""
        self._in_order = self._in_order or sorted(self.codes)
        at = bisect_left(self._in_order, code) + further
        return self._in_order[at] if at < len(self._in_order) else ""

    def named(self, codes: Iterable[str]) -> str:
        return ", ".join(display(self.system, code) for code in codes)


def check_targets(book: Book, known: Mapping[str, Mapping[str, bool]], names: Mapping[str, str]) -> None:
    """Adds findings. `known`: by system, the release's stored codes and whether each is billable.

    `names`: by system, how the release is called ("ICD-10-CM April 2026"). A system that is not in `known`
    has no release in force, and nothing is said of its codes.

    A code that entries of an index lead to and the release does not have is a warning. Codes that an edit
    table of another year has are no fault of it, and one line for each of its lists says how many they are.
    """
    releases = {system: _Release(system, codes, names[system]) for system, codes in known.items()}
    for system, release in releases.items():
        entries = [record for record in book.index if _system(record) == system]
        _check_missing(book, entries, release)
        if system == System.ICD10CM:
            _check_complete(book, entries, release)
    _check_edits(book, releases)


def _system(record: IndexRecord) -> System:
    return System.ICD10PCS if record.part == "pcs" else System.ICD10CM


def _check_missing(book: Book, entries: list[IndexRecord], release: _Release) -> None:
    missing: dict[str, list[int]] = defaultdict(list)
    for record in entries:
        for code in record.targets or ():
            if code in missing or not release.has(code):
                missing[code].append(record.position)
    for code, positions in missing.items():
        shown = display(release.system, code)
        paths = "; ".join(path_of(book.index, position) for position in positions[:NAMED])
        more = f"; and {len(positions) - NAMED:,} more" if len(positions) > NAMED else ""
        book.findings.add(Level.WARNING, f"{release.name} has no {shown}: {paths}{more}.", code=shown)


def _check_complete(book: Book, entries: list[IndexRecord], release: _Release) -> None:
    """Headers printed without the dash that says so. The index leaves out all seventh characters."""
    short: dict[str, int] = {}
    counts = {True: 0, False: 0}
    for record in entries:
        for code in _printed(record):
            if release.codes.get(code) is False:
                lacks_seventh = release.lacks_seventh(code)
                counts[lacks_seventh] += 1
                if not lacks_seventh:
                    short.setdefault(code, record.position)
    if counts[True]:
        text = (
            f"{counts[True]:,} codes are printed without the seventh character that {release.name} asks for."
        )
        book.findings.add(Level.INFORMATION, text)
    if counts[False]:
        named = "; ".join(
            f"{display(release.system, code)} ({path_of(book.index, position)})"
            for code, position in list(short.items())[:CODES_NAMED]
        )
        book.findings.add(
            Level.INFORMATION,
            f"{counts[False]:,} codes are printed as complete and need more characters in {release.name}: "
            f"{named}{'; and others' if len(short) > CODES_NAMED else ''}.",
        )


def _printed(record: IndexRecord) -> Iterator[str]:
    """Codes without their dot; one that ends in a dash keeps it, and so is none of the release's codes."""
    manifestation = (record.details or {}).get("manifestation", "")
    for text in (record.code, manifestation, *(record.cells or {}).values()):
        yield from (printed.replace(".", "") for printed in _PRINTED.findall(text))


def _check_edits(book: Book, releases: Mapping[str, _Release]) -> None:
    lists: dict[tuple[str, str], list[EditRecord]] = defaultdict(list)
    for record in book.edits:
        if record.system in releases:
            lists[record.edit, record.system].append(record)
    for (edit, system), records in lists.items():
        release = releases[system]
        codes = dict.fromkeys(record.code for record in records)
        missing = [code for code in codes if not release.has(code)]
        if missing:
            # More than half is another system's list, or one of very long ago.
            level = Level.WARNING if len(missing) > len(codes) / 2 else Level.INFORMATION
            named = release.named(missing[:CODES_NAMED]) + (
                " and others" if len(missing) > CODES_NAMED else ""
            )
            listed = f"{len(codes):,} codes of the list “{edit.replace('_', ' ')}”"
            text = f"{len(missing):,} of the {listed} are not in {release.name}: {named}."
            book.findings.add(level, text)
