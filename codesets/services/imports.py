"""From a file to a staged release: read, check, collect every finding, then load, all or nothing."""

import threading
from collections.abc import Iterable, Sequence
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
    FILE_LIMIT,
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
from codesets.models import Code, ImportFile, ImportFinding, ImportJob, Release, ReleaseState
from codesets.services.errors import ImportStopped, LabelTaken
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
    return _read(wanted, paths, progress)[0]


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
    outcome, book, sources = _read(wanted, paths, progress)
    if book is None:
        return outcome
    release = Release(
        system=system,
        table=book.table,
        label=wanted.label,
        effective_from=effective_from,
        source_name=", ".join(names or [source.name for source in sources])[:255],
        source_sha256=digest(sources),
        source_version=book.version,
        codes_total=len(book.codes),
        codes_billable=book.billable,
        contents=book.contents,
        created_by=by,
    )
    try:
        _load(release, book, by, progress)
    except DatabaseError as error:
        said = str(error).partition("\n")[0]
        raise ImportStopped(f"The database could not keep the rows: {said}. Nothing was loaded.") from error
    loader.refresh_statistics()
    progress("comparing", book.rows, book.rows, book.rows)
    findings = (*outcome.findings, *_changes(release))
    return replace(outcome, release=release_info(release), findings=findings)


@transaction.atomic
def _load(release: Release, book: Book, by: User | None, progress: Progress) -> None:
    lock_system(release.system)
    _require_free(release.system, release.label)
    release.save()
    loader.load_book(release_id=release.pk, book=book, progress=progress)
    release.state = ReleaseState.STAGED
    release.save(update_fields=["state"])
    audit.record(
        by=by,
        action="codesets.release.staged",
        target=release,
        after={"label": release.label, "codes": release.codes_total, "sha256": release.source_sha256},
    )


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
    if sum(upload.size or FILE_LIMIT + 1 for upload in uploads) > FILE_LIMIT:
        raise ImportStopped(
            f"Together the files are larger than {FILE_LIMIT // 2**20} MB, which no release is; nothing was "
            "kept."
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


@dataclass(frozen=True)
class Wanted:
    """What someone asks for; `names` are the files' names where the paths' own differ."""

    system: str
    label: str
    effective_from: date
    base: str = ""
    names: Sequence[str] = ()


def _read(
    wanted: Wanted, paths: Iterable[Path | str], progress: Progress
) -> tuple[ImportOutcome, Book | None, list[Source]]:
    """The outcome so far, and the book unless an error among the findings stops the import."""
    try:
        importer = importer_for(wanted.system)
        progress("reading", 0, 0, 0)
        sources = read_sources(paths, wanted.names)
        book = importer.parse(sources, progress, _base(wanted, importer))
    except ImportRefused as refusal:
        finding = Finding(Level.ERROR, str(refusal))
        return ImportOutcome(None, (finding,), {}), None, []
    progress("checking", book.rows, 0, book.rows)
    _check_dates(book, wanted)
    if importer.targets:
        _check_targets(book, importer.targets, wanted.effective_from)
    if Release.objects.filter(system=wanted.system, label=wanted.label).exists():
        book.findings.error(_label_taken(wanted.system, wanted.label))
    outcome = ImportOutcome(None, tuple(book.findings.all()), book.contents, book.billable)
    return outcome, None if outcome.errors else book, sources


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
    for system in systems:
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


def _require_free(system: str, label: str) -> None:
    if Release.objects.filter(system=system, label=label.strip()).exists():
        raise LabelTaken(_label_taken(system, label))


def _require_importer(system: str) -> None:
    try:
        importer_for(system)
    except ImportRefused as refusal:
        raise ImportStopped(str(refusal)) from refusal


def _changes(release: Release) -> list[Finding]:
    """In one line, what the release of a code system would change on its date."""
    if release.system not in SYSTEMS:
        return []
    current = selectors.published_before(release)
    if current is None:
        return [Finding(Level.INFORMATION, "No earlier release is published, so every code is new.")]
    changed = diff.diff_releases(current.pk, release.pk)
    return [
        Finding(
            Level.INFORMATION,
            f"Compared with {current}: {len(changed.added):,} added, {len(changed.deleted):,} deleted, "
            f"{len(changed.revised):,} with a new title, "
            f"{len(changed.billable):,} changed in being billable.",
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
