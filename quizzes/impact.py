"""What quizzes tells codesets.impact: item versions of a window that are published or were graded."""

from collections.abc import Iterator

from django.db.models import Count, F, Q

from codesets.impact import ImpactRow, Question
from quizzes.citations import cited_codes
from quizzes.models import AttemptState, ItemStatus, ItemVersion


def used_versions(question: Question) -> Iterator[ImpactRow]:
    """A source: each version's row names its item; students counts those who met it in a graded attempt."""
    graded = Q(responses__attempt__state=AttemptState.GRADED)
    dated = Q(service_date__gte=question.start)
    if question.end is not None:
        dated &= Q(service_date__lt=question.end)
    versions = (
        ItemVersion.objects.filter(dated)
        .annotate(students=Count("responses__attempt__user", filter=graded, distinct=True))
        .filter(Q(students__gt=0) | Q(item__current=F("pk"), item__status=ItemStatus.PUBLISHED))
        .select_related("item")
        .order_by("item__slug", "number")
    )
    for version in versions:
        if _cites(version, question):
            yield ImpactRow(
                kind="item",
                label=f"{version.item.slug}, version {version.number}",
                url="",
                on=version.service_date,
                students=version.students,
                blocked=True,
            )


def _cites(version: ItemVersion, question: Question) -> bool:
    cited = {code for system, code in cited_codes(version.content) if system == question.system}
    if question.codes is None:
        return bool(cited) or question.system in version.item.systems
    return not cited.isdisjoint(question.codes)
