"""A failed import, run once more on the files that were kept."""

from django.db import transaction

from accounts import jobs
from accounts.jobs import JobState
from accounts.models import User
from codesets.models import ImportFile, ImportJob
from codesets.services.errors import CodesetError


class NotFailed(CodesetError):
    """There is nothing to run again: the import went well, or its file is being imported."""


@transaction.atomic
def request_again(*, job_id: int, by: User) -> ImportJob:
    """A new job on the same files, label, date and base; the failed one stays with its findings.

    Raises NotFailed. The failed row is locked, so the second of two clicks finds the first one's job waiting.
    """
    failed = ImportJob.objects.select_for_update().get(pk=job_id)
    if failed.state != JobState.FAILED:
        raise NotFailed("This import has not failed, so it is not run again.")
    files = list(failed.files.all())
    same = [each.file.name for each in files]
    live = ImportJob.objects.filter(files__file__in=same, state__in=(JobState.QUEUED, JobState.RUNNING))
    if live.exists():
        raise NotFailed("The file is being imported again already; see the list of imports.")
    fresh = ImportJob.objects.create(
        requested_by=by,
        system=failed.system,
        label=failed.label,
        effective_from=failed.effective_from,
        base=failed.base,
    )
    ImportFile.objects.bulk_create(
        ImportFile(job=fresh, file=each.file.name, name=each.name) for each in files
    )
    jobs.enqueue(fresh)
    return fresh
