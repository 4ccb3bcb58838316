"""Reads for the pages of the books and of their releases; what other apps may ask is in codesets.catalog."""

from collections.abc import Iterable, Sequence

from django.db.models import Case, Count, IntegerField, Min, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Length

from codesets.models import Code, ImportFinding, ImportJob, Release, ReleaseState


def releases() -> QuerySet[Release]:
    """Every release with who made it, newest window first within a system."""
    return Release.objects.select_related("created_by", "published_by").order_by(
        "system", "-effective_from", "-pk"
    )


def import_jobs() -> QuerySet[ImportJob]:
    """Newest first."""
    jobs = ImportJob.objects.select_related("requested_by", "release", "base").prefetch_related("files")
    return jobs.order_by("-pk")


def finding_counts(job: ImportJob) -> dict[str, int]:
    """How many findings of each level, zeros included, in the order of weight."""
    counted = dict(job.findings.order_by().values_list("level").annotate(Count("pk")))
    return {level: counted.get(level, 0) for level in ImportFinding.Level.values}


def predecessor(book: Release) -> Release | None:
    """The published release of the same book whose days this one takes, or would take, from its first day."""
    rows = _published_beside(book).filter(effective_from__lte=book.effective_from)
    return rows.order_by("-effective_from").first()


def published_after(book: Release) -> Release | None:
    """The next published release of the same book that takes over after the release's first day."""
    rows = _published_beside(book).filter(effective_from__gt=book.effective_from)
    return rows.order_by("effective_from").first()


def _published_beside(book: Release) -> QuerySet[Release]:
    rows = Release.objects.filter(system=book.system, table=book.table, state=ReleaseState.PUBLISHED)
    return rows.exclude(pk=book.pk)


def published_with_code(system: str, code: str) -> QuerySet[Release]:
    """Published releases that have the code, newest first."""
    rows = Release.objects.filter(system=system, state=ReleaseState.PUBLISHED)
    return rows.filter(codes__code=code).order_by("-effective_from")


def family(release_id: int, path: Sequence[str]) -> list[Code]:
    """The category of a code and, for each code of the path down to it, all its children, in book order.

    `path` runs from the category to the code itself, both included, as stored.
    """
    rows = Code.objects.filter(Q(code=path[0]) | Q(parent__in=path), release=release_id)
    return list(rows.only("code", "title", "parent", "billable").order_by("position"))


def around(release_id: int, code: str, *, before: int = 6, after: int = 12) -> list[Code]:
    """Codes of the top level that stand near this one in the book, itself included."""
    top = Code.objects.filter(release=release_id, parent="").only("code", "title", "parent", "billable")
    position = Code.objects.filter(release=release_id, code=code).values("position")[:1]
    earlier = top.filter(position__lt=Subquery(position)).order_by("-position")[:before]
    later = top.filter(position__gte=Subquery(position)).order_by("position")[: after + 1]
    return [*reversed(earlier), *later]


def lengths_below(release_id: int, codes: Iterable[str]) -> dict[str, int]:
    """Of each header how long the shortest code right below it is; one query."""
    rows = Code.objects.filter(release=release_id, parent__in=list(codes)).order_by()
    return dict(rows.values_list("parent").annotate(shortest=Min(Length("code"))))


def billable_below(release_id: int, code: str) -> QuerySet[Code]:
    """Every code valid for submission below a header, in book order: all of them begin with it."""
    rows = Code.objects.filter(release=release_id, code__startswith=code, billable=True).exclude(code=code)
    return rows.only("code", "title", "parent", "billable").order_by("position")


def categories(release_id: int, chapter: str) -> dict[str, list[Code]]:
    """A chapter's categories in book order, by the block that holds them."""
    rows = Code.objects.filter(release=release_id, parent="", chapter=chapter).order_by("position")
    grouped: dict[str, list[Code]] = {}
    for row in rows.only("code", "title", "billable", "block"):
        grouped.setdefault(row.block, []).append(row)
    return grouped


def findings_by_weight(job: ImportJob) -> QuerySet[ImportFinding]:
    """Errors first, then warnings, then information, each in the order of the file."""
    ranks = [When(level=level, then=Value(rank)) for level, rank in ImportFinding.LEVEL_ORDER.items()]
    return job.findings.order_by(Case(*ranks, output_field=IntegerField()), "pk")
