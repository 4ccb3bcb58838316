"""Damaged files, bombs and files of another kind: no importer gives a traceback, hangs or fills the memory.

The damage comes from fixed seeds, so a run is like the one before. A seed that once found something is kept.
The samples, the ways to damage them and the bombs stand in fuzz_samples, fuzz_mutations and fuzz_bombs.
"""

import json
import re
import signal
import sys
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from random import Random
from traceback import extract_tb

import pytest
from django.db.models import CharField, Field, Model, PositiveSmallIntegerField

from codesets import models
from codesets.importers.base import FINDINGS_KEPT, Book, ImportRefused, Level, Source, read_sources, silent
from codesets.importers.registry import IMPORTERS
from tests.codesets.importers.fuzz_bombs import ARCHIVES, FILES, TAILS
from tests.codesets.importers.fuzz_mutations import BYTES, flip_bits, grow, mutate, zipped
from tests.codesets.importers.fuzz_samples import SAMPLES, Sample

SEEDS = 90  # damaged copies of each sample, and of each archive
CUTS = 40  # places at which each file is cut off
HANG = 60  # seconds after which a test counts as hanging; the slowest takes two
MOST_MEMORY = 32 * 2**20  # bytes that a bomb may take: the largest has six megabytes itself
SENTENCE = 1_500  # characters of what a person is to read
GROWN = (30, 60)  # times as long; twice as long may take a little more than twice as many steps
NAMES = ("", "a", "LONGULT_2031.zip", "../../etc/passwd", "Eff_13-01-2026.csv", "x" * 120, "ccioph-v003r0")
# What once went wrong: sample or kind of archive, and seed.
ONCE_FAILED = (("CM index", 730), ("MUE", 315), ("MS-DRG tables", 20137))
ARCHIVES_ONCE_FAILED = ((zipfile.ZIP_DEFLATED, 5), (zipfile.ZIP_DEFLATED, 507), (zipfile.ZIP_LZMA, 1))

# Of each sort of rows its model, and what must not stand twice.
ROWS: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "codes": (models.Code, ("code",)),
    "headings": (models.Heading, ("kind", "name")),
    "notes": (models.Note, ()),
    "seventh": (models.SeventhCharacter, ("code", "character")),
    "index": (models.IndexEntry, ("position",)),
    "definitions": (models.Definition, ()),
    "edits": (models.EditEntry, ()),
    "pairs": (models.EditPair, ()),
}

by_sample = pytest.mark.parametrize("sample", [each for each in SAMPLES if each.system in IMPORTERS], ids=str)
by_importer = pytest.mark.parametrize("system", IMPORTERS)


class Hang(BaseException):
    """Nobody who takes all exceptions for damage takes this for one."""


@pytest.fixture(autouse=True)
def hang_guard() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise Hang(f"still running after {HANG} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANG)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@cache
def base_of(sample: Sample) -> Book | None:
    return IMPORTERS[sample.system].parse(list(sample.base), silent, None) if sample.base else None


def problem_of(system: str, sources: list[Source], base: Book | None = None) -> str:
    """What is wrong with how an importer took these files; empty when it refused them or read them well."""
    importer = IMPORTERS[system]
    try:
        book = importer.parse(sources, silent, base)
        problems = [*_finding_problems(book), *_row_problems(book)]
        if importer.begin and base is None and (begun := importer.begin(sources, silent)):
            problems += _step_problems(book, *begun)
    except ImportRefused as refusal:
        problems = list(_sentence_problems(str(refusal)))
    except Hang:
        raise
    except BaseException as error:
        last = extract_tb(error.__traceback__)[-1]
        problems = [f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}: {str(error)[:120]}"]
    return "; ".join(problems[:3])


def _step_problems(book: Book, other: Book, steps: Iterator[None]) -> Iterator[str]:
    """What a book that is read step by step has otherwise than one that is read at once."""
    for _ in steps:
        pass
    if differ := [sort for sort in ROWS if getattr(book, sort) != getattr(other, sort)]:
        yield f"read step by step, these differ: {differ}"
    if book.findings.all() != other.findings.all() or book.covers != other.covers:
        yield "read step by step, findings or dates differ"


def _sentence_problems(text: str) -> Iterator[str]:
    if not text.strip() or len(text) > SENTENCE or "\0" in text or "\n" in text:
        yield f"no sentence of at most {SENTENCE} characters: {text[:80]!r}"
    text.encode()


def _finding_problems(book: Book) -> Iterator[str]:
    findings = book.findings.all()
    longest = models.ImportFinding._meta.get_field("code").max_length or 0
    for finding in findings:
        yield from _sentence_problems(finding.text)
        if finding.level not in Level or len(finding.code) > longest or "\0" in finding.code:
            yield f"{finding.level!r} {finding.code[:60]!r} cannot be kept"
        if finding.line is not None and not 1 <= finding.line < 2**31:
            yield f"line {finding.line} of {finding.text[:60]!r}"
    for level in Level:
        if sum(finding.level == level for finding in findings) > FINDINGS_KEPT + 1:
            yield f"more findings of the level {level} than are kept"


def _row_problems(book: Book) -> Iterator[str]:
    """What the database would refuse of a book that no error keeps from being loaded."""
    if book.findings.counts[Level.ERROR]:
        return
    for sort, (model, key) in ROWS.items():
        rows = list(getattr(book, sort))
        for row in rows:
            for name, value in row._asdict().items():
                yield from _value_problems(model._meta.get_field(name), value)
        if key and len({tuple(getattr(row, name) for name in key) for row in rows}) < len(rows):
            yield f"{sort} that stand twice"
    codes = {record.code for record in book.codes}
    if astray := [record.code for record in book.codes if record.parent and record.parent not in codes]:
        yield f"codes whose parent is not there: {astray[:3]}"
    if not book.rows:
        yield "neither a row nor an error"
    if len(book.version) > 80 or (book.covers and not book.covers[0] < book.covers[1]):
        yield f"version {book.version[:80]!r} covers {book.covers}"


def _value_problems(field: Field, value: object) -> Iterator[str]:
    if isinstance(value, bool):
        return
    if isinstance(value, str):
        longest = field.max_length if isinstance(field, CharField) else None
        if "\0" in value or len(value) > (longest or len(value)):
            yield f"{field} cannot hold {value[:60]!r}"
        value.encode()
    elif isinstance(value, int):
        if not 0 <= value < (2**15 if isinstance(field, PositiveSmallIntegerField) else 2**31):
            yield f"{field} cannot hold {value}"
    elif isinstance(value, dict | list) and "\\u0000" in json.dumps(value):
        yield f"{field} cannot hold a NUL"


def damaged(sample: Sample, seed: int) -> list[Source]:
    random = Random(f"{sample.name} {seed}")
    sources = list(sample.sources)
    at = random.randrange(len(sources))
    name = random.choice(NAMES) if random.random() < 0.1 else sources[at].name
    sources[at] = Source(name, mutate(sources[at].data, random))
    if random.random() < 0.1:
        sources += random.sample(sources, 1)
    if random.random() < 0.1:
        random.shuffle(sources)
    return sources


def test_every_importer_has_its_samples():
    assert {sample.system for sample in SAMPLES} >= set(IMPORTERS)


@by_sample
def test_a_sample_is_read_without_an_error(sample):
    book = IMPORTERS[sample.system].parse(list(sample.sources), silent, base_of(sample))
    assert [finding for finding in book.findings.all() if finding.level == Level.ERROR] == []
    assert problem_of(sample.system, list(sample.sources), base_of(sample)) == ""


@by_sample
def test_cut_off_anywhere(sample):
    failures = []
    for at, source in enumerate(sample.sources):
        for cut in range(CUTS):
            size = len(source.data) * cut // CUTS
            sources = list(sample.sources)
            sources[at] = Source(source.name, source.data[:size])
            if problem := problem_of(sample.system, sources, base_of(sample)):
                failures.append((source.name, size, problem))
    assert failures == []


@by_sample
def test_damaged(sample):
    base = base_of(sample)
    before = deepcopy(vars(base)) if base else {}
    found = {seed: problem_of(sample.system, damaged(sample, seed), base) for seed in range(SEEDS)}
    assert {seed: problem for seed, problem in found.items() if problem} == {}
    assert all(getattr(base, sort) == before[sort] for sort in ROWS if base)


@pytest.mark.parametrize(("name", "seed"), ONCE_FAILED)
def test_what_once_failed(name, seed):
    sample = next(sample for sample in SAMPLES if sample.name == name)
    assert problem_of(sample.system, damaged(sample, seed), base_of(sample)) == ""


@pytest.mark.parametrize("sample", [each for each in SAMPLES if each.sources[0].data[:1] == b"<"], ids=str)
def test_a_document_type_is_refused_even_where_nothing_uses_it(sample):
    first = sample.sources[0]
    declared = re.sub(rb"(?=<[A-Za-z])", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", first.data, count=1)
    with pytest.raises(ImportRefused, match="declares a document type"):
        IMPORTERS[sample.system].parse([Source(first.name, declared)], silent, None)


@by_importer
def test_files_of_another_kind(system):
    found = {sample.name: problem_of(system, list(sample.sources)) for sample in SAMPLES}
    assert {name: problem for name, problem in found.items() if problem} == {}


@by_sample
def test_twice_as_long_takes_twice_as_many_steps(sample):
    """Steps are calls of functions, which a clock cannot disturb."""
    once, twice = (_steps(sample, times) for times in GROWN)
    assert twice < 2.2 * once


def _steps(sample: Sample, times: int) -> int:
    sources = [Source(source.name, grow(source.data, times)) for source in sample.sources]
    base, steps = base_of(sample), 0

    def count(*_: object) -> None:
        nonlocal steps
        steps += 1

    sys.setprofile(count)
    try:
        IMPORTERS[sample.system].parse(sources, silent, base)
    finally:
        sys.setprofile(None)
    return steps


def memory_of(act: Callable[[], str]) -> tuple[str, int]:
    """What the act gives, and how many bytes it took at its peak."""
    tracemalloc.start()
    try:
        return act(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("bomb", FILES)
def test_a_bomb_takes_little_memory(bomb):
    sources = [Source("ccipra-v322r0-f1.xlsx", FILES[bomb]())]
    found = {system: memory_of(lambda system=system: problem_of(system, sources)) for system in IMPORTERS}
    assert {system: problem for system, (problem, _) in found.items() if problem} == {}
    assert {system: peak for system, (_, peak) in found.items() if peak > MOST_MEMORY} == {}


@by_sample
def test_what_stands_behind_the_lines_takes_little_memory(sample):
    found = {}
    first, *others = sample.sources
    for tail, data in TAILS.items():
        sources = [Source(first.name, first.data + data), *others]
        found[tail] = memory_of(lambda sources=sources: problem_of(sample.system, sources, base_of(sample)))
    assert {tail: problem for tail, (problem, _) in found.items() if problem} == {}
    assert {tail: peak for tail, (_, peak) in found.items() if peak > MOST_MEMORY} == {}


def archive_problem(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    try:
        names = [source.name for source in read_sources([path])]
        problems = [f"name {name!r}" for name in names if not name.isprintable() or len(name) > 255]
    except ImportRefused as refusal:
        problems = list(_sentence_problems(str(refusal)))
    except BaseException as error:
        problems = [f"{type(error).__name__}: {error}"]
    return "; ".join(problems[:3])


def damaged_archive(compression: int, seed: int) -> bytes:
    parts = {"a.txt": b"99991\tOne\n" * 50, "folder/b.xml": b"<a>" * 500, "c\n\x1b.bin": bytes(range(256))}
    random = Random(f"{compression} {seed}")
    damage = flip_bits if seed % 2 else random.choice(BYTES)
    return damage(zipped(parts, compression), random)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_damaged_archives(tmp_path, compression):
    file = tmp_path / "pack.zip"
    found = {seed: archive_problem(file, damaged_archive(compression, seed)) for seed in range(2 * SEEDS)}
    assert {seed: problem for seed, problem in found.items() if problem} == {}


@pytest.mark.parametrize(("compression", "seed"), ARCHIVES_ONCE_FAILED)
def test_archives_that_once_failed(tmp_path, compression, seed):
    assert archive_problem(tmp_path / "pack.zip", damaged_archive(compression, seed)) == ""


@pytest.mark.parametrize("bomb", ARCHIVES)
def test_an_archive_that_is_a_bomb_is_refused_before_it_goes_off(tmp_path, bomb):
    file = tmp_path / "pack.zip"
    file.write_bytes(ARCHIVES[bomb]())

    def read() -> str:
        with pytest.raises(ImportRefused) as refused:
            read_sources([file])
        return str(refused.value)

    refusal, peak = memory_of(read)
    assert list(_sentence_problems(refusal)) == []
    assert peak < MOST_MEMORY // 8


def test_archives_that_are_small_each_are_refused_together(tmp_path, monkeypatch):
    monkeypatch.setattr("codesets.importers.base.IMPORT_LIMIT", 3 * 2**20)
    file = tmp_path / "pack.zip"
    file.write_bytes(zipped({"a.txt": Random(1).randbytes(2**20)}))
    assert len(read_sources([file] * 3)) == 3
    with pytest.raises(ImportRefused, match=r"^Together the files hold more than 3 MB"):
        read_sources([file] * 4)
