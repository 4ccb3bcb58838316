"""A full release, from the file to published and searchable, beside reading the XML and copying the rows; and
the difference of two full releases, beside the parse of one file.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from io import BytesIO
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory, TemporaryFile

import psutil
from django.db import connection
from lxml import etree

from codesets import catalog
from codesets.diff import compare_releases
from codesets.importers.base import read_sources, silent
from codesets.importers.registry import importer_for
from codesets.services.imports import import_file
from codesets.services.releases import publish_release
from courses.services.demo import books
from tests.bench.beside import Bench, UnexpectedReply
from tests.bench.meter import Cpu
from tests.bench.report import Row

KEY = "import"
# in the file's year, after the release that is in force
RELEASES = (("Bench 1", date(2026, 8, 1)), ("Bench 2", date(2026, 9, 1)))
EARLIER, BEFORE = "Bench, an earlier edition", date(2026, 7, 1)
AROUND = 4
TABLES = {
    "codesets_heading": "release_id, kind, name, title, parent, position",
    "codesets_code": (
        "release_id, code, title, billable, parent, depth, chapter, block, position, terms, details"
    ),
    "codesets_note": "release_id, owner_kind, owner, kind, position, text, targets",
    "codesets_seventhcharacter": "release_id, code, character, meaning, position",
}


def measure(bench: Bench) -> list[Row]:
    """The yardstick runs again and again around each import, so that both meet the same neighbors."""
    path = next(book.path for book in books() if book.system == "icd10cm")
    watch, steps = Watch(bench), Steps()
    imports, parses, copies = [], [], []
    with ExitStack() as files:
        rows = {table: files.enter_context(TemporaryFile()) for table in TABLES}
        for label, effective in RELEASES:
            parses += [watch.time(etree.parse, str(path)) for _ in range(AROUND)]
            imports.append(watch.time(_import, path, label, effective, steps))
            _export(label, rows)
            copies += [watch.time(_copy, rows) for _ in range(AROUND)]
    product, parse, copy = _mean(imports), _mean(parses), _mean(copies)
    wall, cpu = parse[0] + copy[0], parse[1] + copy[1]
    return [
        Row(
            "import",
            "import of a full ICD-10-CM release, file to searchable",
            f"{product[0]:.1f} s",
            product[0] / wall,
            "x",
            8,
            gate=True,
            note=f"against {wall:.2f} s: lxml.etree.parse {parse[0]:.2f}, bare COPY {copy[0]:.2f}; CPU "
            f"{product[1]:.1f} against {cpu:.2f} s; the last import's steps in seconds:",
            parts=steps.seconds(),
        ),
        _difference(watch, path),
    ]


def _difference(watch: "Watch", path: Path) -> Row:
    """The newest release against an edition with as much between them as four real years."""
    with TemporaryDirectory() as folder:
        file = earlier_edition(path, Path(folder))
        outcome = import_file(system="icd10cm", paths=[file], label=EARLIER, effective_from=BEFORE, by=None)
    new = catalog.release_by_label("icd10cm", RELEASES[-1][0])
    if outcome.release is None or new is None:
        raise UnexpectedReply(f"the earlier edition was refused: {outcome.errors[0].text}")
    diffs, parses = [], []
    for _ in range(AROUND):
        parses.append(watch.time(_parse, path))
        diffs.append(watch.time(compare_releases, outcome.release.id, new.id))
    sizes = {name: len(rows) for name, rows in compare_releases(outcome.release.id, new.id)._asdict().items()}
    if not all(sizes.values()):
        raise UnexpectedReply(f"the two releases differ too little to compare: {sizes}")
    diff, parse = _mean(diffs), _mean(parses)
    return Row(
        "diff",
        "difference of two full ICD-10-CM releases, notes and successors too",
        f"{diff[0] * 1000:.0f} ms",
        diff[0] / parse[0],
        "x",
        1,
        gate=True,
        note=f"against {parse[0]:.2f} s, the parse of one file; CPU {diff[1]:.2f} against {parse[1]:.2f} s; "
        "changes:",
        parts=sizes,
    )


def _parse(path: Path) -> None:
    importer_for("icd10cm").parse(read_sources([path]), silent, None)


def earlier_edition(path: Path, folder: Path) -> Path:
    """The tabular list without some of its codes, with some under other codes, titles and notes."""
    tree = etree.parse(str(path))
    leaves = [diag for diag in tree.iter("diag") if diag.find("diag") is None]
    for number, leaf in enumerate(leaves):
        beside = leaf.getparent().findall("diag")
        if number % 40 == 0 and len(beside) > 1:
            leaf.getparent().remove(leaf)  # it is new since
        elif number % 300 == 1:
            code = leaf.find("name")
            free = sorted(set("UVWYZ") - {other.findtext("name")[-1] for other in beside})
            code.text = code.text[:-1] + free[0]  # it moved since
        elif number % 600 == 2:
            leaf.find("desc").text += ", so called"
    for header in [leaf.getparent() for leaf in leaves[3::250] if leaf.getparent() is not None]:
        for below in header.findall("diag"):
            if below.find("diag") is None and header.tag == "diag":
                header.remove(below)  # it is split since
    for number, note in enumerate(list(tree.iter("note"))):
        if number % 40 == 0 and note.text:
            note.text += " NOS"
        elif number % 200 == 1 and note.getparent().tag == "excludes1":
            note.getparent().tag = "excludes2"
    file = folder / "icd10cm-tabular-earlier.xml"
    tree.write(str(file), encoding="utf-8", xml_declaration=True)
    return file


class Steps:
    """How long each step of an import took, told by its progress."""

    def __init__(self) -> None:
        self.begun: dict[str, float] = {}

    def tell(self, step: str, *_: int) -> None:
        self.begun.setdefault(step, time.perf_counter())

    def seconds(self) -> dict[str, float]:
        names, instants = list(self.begun), list(self.begun.values())
        return {
            name: round(after - instant, 2)
            for name, instant, after in zip(names[:-1], instants[:-1], instants[1:], strict=True)
        }


class Watch:
    """Wall and processor seconds of what this process does, with its database's share."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.own = psutil.Process()

    def time(self, work: Callable[..., object], *given: object) -> tuple[float, float]:
        before, begun = self._read(), time.perf_counter()
        work(*given)
        taken = time.perf_counter() - begun
        return taken, (self._read() - before).total

    def _read(self) -> Cpu:
        return Cpu(sum(self.own.cpu_times()[:2]), self.bench.meter.read().database)


def _mean(times: list[tuple[float, float]]) -> tuple[float, float]:
    return fmean(wall for wall, _ in times), fmean(cpu for _, cpu in times)


def _import(path: Path, label: str, effective: date, steps: Steps) -> None:
    steps.begun.clear()
    outcome = import_file(
        system="icd10cm", paths=[path], label=label, effective_from=effective, by=None, progress=steps.tell
    )
    if outcome.release is None:
        raise UnexpectedReply(f"the import was refused: {outcome.errors[0].text}")
    steps.tell("publishing")
    publish_release(release_id=outcome.release.id, by=None)
    steps.tell("searching")
    found = catalog.search("Colles", effective, systems=["icd10cm"])
    if not found or found[0].code.release.label != label:
        raise UnexpectedReply("the published release does not answer a search")
    steps.tell("done")


def _export(label: str, rows: dict[str, BytesIO]) -> None:
    """The rows of an imported release, and empty tables for them without keys and indexes."""
    release = catalog.release_by_label("icd10cm", label)
    assert release is not None
    with connection.cursor() as cursor:
        for table, columns in TABLES.items():
            query = f"SELECT {columns} FROM {table} WHERE release_id = {release.id} ORDER BY position"
            rows[table].seek(0)
            cursor.cursor.copy_expert(f"COPY ({query}) TO STDOUT", rows[table])
            rows[table].truncate()
            cursor.execute(
                f"CREATE TABLE IF NOT EXISTS bench_{table} AS SELECT {columns} FROM {table} WITH NO DATA"
            )


def _copy(rows: dict[str, BytesIO]) -> None:
    with connection.cursor() as cursor:
        for table, columns in TABLES.items():
            rows[table].seek(0)
            cursor.cursor.copy_expert(f"COPY bench_{table} ({columns}) FROM STDIN", rows[table])
