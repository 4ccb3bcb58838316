"""Cohorts: who teaches them and who learns in them."""

from collections.abc import Iterable

from django.db import transaction

from accounts import audit
from accounts.models import Cohort, CohortInstructor, CohortMembership, User


@transaction.atomic
def save_cohort(
    *,
    cohort: Cohort | None,
    name: str,
    instructors: Iterable[User],
    students: Iterable[User],
    by: User | None,
) -> Cohort:
    """Makes a cohort, or gives one a name and its people; who stays keeps the day they joined."""
    before = _described(cohort) if cohort else None
    if cohort is None:
        cohort = Cohort.objects.create(name=name)
    elif cohort.name != name:
        cohort.name = name
        cohort.save(update_fields=["name"])
    _set_people(CohortInstructor, cohort, instructors)
    _set_people(CohortMembership, cohort, students)
    after = _described(cohort)
    if before != after:
        audit.record(by=by, action="accounts.cohort.saved", target=cohort, before=before, after=after)
    return cohort


def _set_people(model, cohort: Cohort, users: Iterable[User]) -> None:
    wanted = {user.pk for user in users}
    model.objects.filter(cohort=cohort).exclude(user_id__in=wanted).delete()
    model.objects.bulk_create(
        [model(cohort=cohort, user_id=pk) for pk in sorted(wanted)], ignore_conflicts=True
    )


def _described(cohort: Cohort) -> dict:
    return {
        "name": cohort.name,
        "instructors": list(cohort.instructors.order_by("pk").values_list("pk", flat=True)),
        "students": list(cohort.students.order_by("pk").values_list("pk", flat=True)),
    }
