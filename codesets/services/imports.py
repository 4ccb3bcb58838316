"""From a file to a staged release: read, check, collect every finding, then load, all or nothing."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, connections, transaction
from django.utils import timezone

from accounts import audit, jobs
from accounts.models import User
from codesets import diff, loader, selectors
from codesets.catalog import ReleaseInfo, release_in_force, release_info
from codesets.importers import checks
from codesets.importers.base import (
    IMPORT_LIMIT,
    Book,
    Finding,
    ImportRefused,
    Level,
    Progress,
    Source,
    digest,
    read_sources,
    silent,
)
from codesets.importers.registry import Importer, importer_for
from codesets.importers.xml import no_collector
from codesets.models import Code, ImportFile, ImportFinding, ImportJob, Release, ReleaseState
from codesets.services.errors import ImportStopped, LabelTaken
from codesets.services.licences import require_licence
from codesets.services.releases import lock_system
from codesets.systems import LOADABLE, SYSTEMS, System

PROGRESS_EVERY = 0.5  # seconds between two rows of progress that a page could show


@dataclass(frozen=True)
class ImportOutcome:
    """`release` is None after a dry run, and when an error among the findings stopped the import.

    `contents` counts the rows of each sort, as Book.contents; `billable` those codes that can be reported.
    """

    release: ReleaseInfo | None
    findings: tuple[Finding, ...]
    contents: dict[str, int]
    billable: int = 0

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level == Level.ERROR)


@dataclass(frozen=True)
class Wanted:
    """What someone asks for; `names` are the files' names where the paths' own differ."""

    system: str
    label: str
    effective_from: date
    base: str = ""
    names: Sequence[str] = ()


@dataclass(frozen=True)
class Reading:
    """Files that an importer reads. `steps` fill the book, none where it is read already."""

    importer: Importer
    sources: list[Source]
    book: Book
    steps: Iterator[None] | None = None


def check_file(
    *,
    system: str,
    paths: Iterable[Path | str],
    label: str,
    effective_from: date,
    base: str = "",
    progress: Progress = silent,
) -> ImportOutcome:
    """A dry run: everything an import would say, nothing written. `base` labels what addenda build on."""
    wanted = Wanted(system, label.strip(), effective_from, base)
    try:
        reading = _begin(wanted, paths, progress)
        _check_label(wanted, reading.book)
        return _check(wanted, reading, progress)
    except ImportRefused as refusal:
        return _refused(refusal)


@no_collector()  # until the rows are gone, for it would walk them all
def import_file(
    *,
    system: str,
    paths: Iterable[Path | str],
    label: str,
    effective_from: date,
    by: User | None,
    base: str = "",
    progress: Progress = silent,
    names: Sequence[str] = (),
) -> ImportOutcome:
    """Stages a release. With an error among the findings nothing is loaded and `release` is None.

    `base` labels the release that addenda build on. `names` are the files' names as the person knows them,
    where the paths' own names differ. Raises LabelTaken when another import took the label meanwhile,
    ImportStopped when the database cannot keep it.
    """
    wanted = Wanted(system, label.strip(), effective_from, base, names)
    try:
        reading = _begin(wanted, paths, progress)
        taken = _check_label(wanted, reading.book)
        checked = _check(wanted, reading, progress) if taken or not reading.steps else None
        if checked and checked.errors:
            return checked
        release, outcome = _load(wanted, reading, checked, by, progress)
    except ImportRefused as refusal:
        return _refused(refusal)
    except _Errors as errors:
        return errors.outcome
    except DatabaseError as error:
        said = str(error).partition("\n")[0]
        raise ImportStopped(f"The database could not keep the rows: {said}. Nothing was loaded.") from error
    loader.refresh_statistics()
    rows = reading.book.rows
    progress("comparing", rows, rows, rows)
    findings = (*outcome.findings, *_changes(release))
    return replace(outcome, release=release_info(release), findings=findings)


class _Errors(Exception):
    """Errors among the findings of what is loaded already, to roll it back."""

    def __init__(self, outcome: ImportOutcome) -> None:
        super().__init__("errors among the findings")
        self.outcome = outcome


@transaction.atomic
def _load(
    wanted: Wanted, reading: Reading, checked: ImportOutcome | None, by: User | None, progress: Progress
) -> tuple[Release, ImportOutcome]:
    """What is not `checked` yet is loaded as it is read, and checked before the transaction ends."""
    lock_system(wanted.system)
    _require_free(wanted.system, wanted.label)
    book, sources = reading.book, reading.sources
    release = Release.objects.create(
        system=wanted.system,
        table=book.table,
        label=wanted.label,
        effective_from=wanted.effective_from,
        source_name=", ".join(wanted.names or [source.name for source in sources])[:255],
        source_sha256=digest(sources),
        created_by=by,
    )
    load = loader.Load(release.pk, progress)
    outcome = checked or _load_codes(load, wanted, reading, progress)
    load.rest(book)
    release.state = ReleaseState.STAGED
    release.source_version = book.version
    release.codes_total, release.codes_billable = len(book.codes), book.billable
    release.contents = book.contents
    release.save()
    audit.record(
        by=by,
        action="codesets.release.staged",
        target=release,
        after={"label": release.label, "codes": release.codes_total, "sha256": release.source_sha256},
    )
    return release, outcome


def _load_codes(load: loader.Load, wanted: Wanted, reading: Reading, progress: Progress) -> ImportOutcome:
    """Loads codes before they are checked: what the checks say of them goes before what the database says."""
    refused = None
    try:
        load.codes_early(reading.book, reading.steps or iter(()))
    except DatabaseError as error:
        refused = error
    outcome = _check(wanted, reading, progress)
    if outcome.errors:
        raise _Errors(outcome)
    if refused:
        raise refused
    return outcome


def request_import(
    *,
    system: str,
    label: str,
    effective_from: date,
    uploads: Sequence[UploadedFile],
    by: User,
    base: Release | None = None,
) -> ImportJob:
    """Keeps the uploads and asks a worker to import them. Raises LabelTaken, ImportStopped."""
    if sum(upload.size or IMPORT_LIMIT + 1 for upload in uploads) > IMPORT_LIMIT:
        raise ImportStopped(
            f"Together the files are larger than {IMPORT_LIMIT // 2**20} MB, which no release is; "
            "nothing was kept."
        )
    _require_importer(system)
    _require_free(system, label)
    with transaction.atomic():
        job = ImportJob.objects.create(
            requested_by=by, system=system, label=label.strip(), effective_from=effective_from, base=base
        )
        for upload in uploads:
            ImportFile.objects.create(job=job, file=upload, name=(upload.name or "upload")[:255])
        jobs.enqueue(job)
    return job


def run_import(*, job: ImportJob) -> ImportOutcome:
    """Carries out a claimed job. Its progress is committed while the load is still one open transaction.

    Raises ImportStopped, LabelTaken; the findings are kept with the job either way.
    """
    files = list(job.files.all())
    with _Reporter(job.pk) as reporter:
        outcome = import_file(
            system=job.system,
            paths=[each.file.path for each in files],
            label=job.label,
            effective_from=job.effective_from,
            by=job.requested_by,
            base=job.base.label if job.base else "",
            progress=reporter.report,
            names=[each.name for each in files],
        )
    ImportFinding.objects.bulk_create(
        ImportFinding(job=job, level=f.level, line=f.line, code=f.code, text=f.text) for f in outcome.findings
    )
    if outcome.release is None:
        first = outcome.errors[0].text
        more = len(outcome.errors) - 1
        raise ImportStopped(
            f"{first} Nothing was loaded." + (f" {more:,} more errors are listed below." if more else "")
        )
    ImportJob.objects.filter(pk=job.pk).update(release=outcome.release.id)
    return outcome


def _begin(wanted: Wanted, paths: Iterable[Path | str], progress: Progress) -> Reading:
    """Raises ImportRefused, LicenceMissing."""
    if wanted.system == System.CPT:
        require_licence(timezone.localdate())
    importer = importer_for(wanted.system)
    progress("reading", 0, 0, 0)
    sources = read_sources(paths, wanted.names)
    base = _base(wanted, importer)
    begun = importer.begin(sources, progress) if importer.begin and base is None else None
    if begun:
        return Reading(importer, sources, *begun)
    return Reading(importer, sources, importer.parse(sources, progress, base))


def _refused(refusal: ImportRefused) -> ImportOutcome:
    return ImportOutcome(None, (Finding(Level.ERROR, str(refusal)),), {})


def _check(wanted: Wanted, reading: Reading, progress: Progress) -> ImportOutcome:
    """The findings of the whole book, read to its end."""
    for _ in reading.steps or ():
        pass
    book = reading.book
    progress("checking", book.rows, 0, book.rows)
    _check_dates(book, wanted)
    _check_targets(book, reading.importer.targets, wanted.effective_from)
    return ImportOutcome(None, tuple(book.findings.all()), book.contents, book.billable)


def _base(wanted: Wanted, importer: Importer) -> Book | None:
    """The release that addenda build on. Raises ImportRefused."""
    if not wanted.base:
        return None
    if not importer.builds_on:
        raise ImportRefused(
            f"No addenda of {LOADABLE[wanted.system].name} build on another release; leave the base out."
        )
    release = Release.objects.filter(system=wanted.system, label=wanted.base).first()
    if release is None:
        raise ImportRefused(f"There is no release “{wanted.base}” of {wanted.system} to build on.")
    return loader.read_book(release)


def _check_dates(book: Book, wanted: Wanted) -> None:
    """The file's own year against the date it shall be in force from."""
    if book.covers is not None and not book.covers[0] <= wanted.effective_from < book.covers[1]:
        first, end = book.covers
        book.findings.error(
            f"The file is the {LOADABLE[wanted.system].name} release {book.version}, valid from {first} "
            f"until {end}; {wanted.effective_from} is not in that time."
        )


def _check_targets(book: Book, systems: frozenset[System], on: date) -> None:
    """What the rows lead to, against the releases in force on the day that the book shall be."""
    known, names = {}, {}
    listed = {record.system for record in book.edits}
    for system in sorted(systems):
        if listed and system not in listed:
            continue
        release = release_in_force(system, on)
        if release is not None:
            rows = Code.objects.filter(release=release.id).values_list("code", "billable")
            known[system.value] = dict(rows)
            names[system.value] = f"{release.system_name} {release.label}"
        else:
            book.findings.add(
                Level.INFORMATION,
                f"No {SYSTEMS[system].name} release is in force on {on}, so its codes here were not checked.",
            )
    checks.check_targets(book, known, names)


def _label_taken(system: str, label: str) -> str:
    return f"{LOADABLE[system].name} has a release labeled “{label.strip()}” already; choose another."


def _check_label(wanted: Wanted, book: Book) -> bool:
    taken = Release.objects.filter(system=wanted.system, label=wanted.label).exists()
    if taken:
        book.findings.error(_label_taken(wanted.system, wanted.label))
    return taken


def _require_free(system: str, label: str) -> None:
    if Release.objects.filter(system=system, label=label.strip()).exists():
        raise LabelTaken(_label_taken(system, label))


def _require_importer(system: str) -> None:
    """Raises ImportStopped for what is no book, LicenceMissing for CPT without a licence."""
    try:
        importer_for(system)
    except ImportRefused as refusal:
        raise ImportStopped(str(refusal)) from refusal
    if system == System.CPT:
        require_licence(timezone.localdate())


def _changes(release: Release) -> list[Finding]:
    """In one line, what the release of a code system would change on its date."""
    if release.system not in SYSTEMS:
        return []
    current = selectors.predecessor(release)
    if current is None:
        return [Finding(Level.INFORMATION, "No earlier release is published, so every code is new.")]
    changed = diff.diff_releases(current.pk, release.pk)
    return [
        Finding(
            Level.INFORMATION,
            f"Compared with {current}: {len(changed.added):,} added, {len(changed.deleted):,} deleted, "
            f"{len(changed.revised):,} with a new title, "
            f"{len(changed.billable):,} changed in being billable, "
            f"{len(changed.notes):,} notes changed.",
        )
    ]


class _Reporter:
    """Writes a job's progress and heartbeat on a connection of its own, from a thread of its own.

    The load is one transaction on the worker's connection, in which nobody else would see the progress; and a
    long statement there must not look like a dead worker.
    """

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id
        self.latest: tuple[str, int, int, int] | None = None
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.write, daemon=True)

    def __enter__(self) -> "_Reporter":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()

    def report(self, step: str, rows_read: int, rows_loaded: int, rows_total: int) -> None:
        self.latest = (step, rows_read, rows_loaded, rows_total)

    def write(self) -> None:
        written = None
        while True:
            over = self.over.wait(PROGRESS_EVERY)
            written = self.save(written)
            if over:
                connections.close_all()  # of this thread alone
                return

    def save(self, written: tuple[str, int, int, int] | None) -> tuple[str, int, int, int] | None:
        latest = self.latest
        values: dict = {"heartbeat_at": timezone.now()}
        if latest is not None and latest != written:
            names = ("step", "rows_read", "rows_loaded", "rows_total")
            values |= dict(zip(names, latest, strict=True))
        ImportJob.objects.filter(pk=self.job_id).update(**values)
        return latest
