from accounts.models import AuditEntry, CohortMembership
from accounts.selectors import cohorts_of, teaches
from accounts.services import cohorts


def test_who_stays_keeps_the_day_they_joined(cohort, learner, outsider, instructor, admin):
    joined = CohortMembership.objects.get(user=learner).joined_at
    cohorts.save_cohort(
        cohort=cohort, name="Spring", instructors=[instructor], students=[learner, outsider], by=admin
    )
    assert CohortMembership.objects.get(user=learner).joined_at == joined
    assert set(cohort.students.all()) == {learner, outsider}
    entry = AuditEntry.objects.get(action="accounts.cohort.saved")
    assert (entry.before["students"], entry.after["name"]) == ([learner.pk], "Spring")


def test_an_instructor_sees_own_cohorts_and_nobody_elses(cohort, instructor, admin, learner, outsider):
    other = cohorts.save_cohort(cohort=None, name="Fall", instructors=[admin], students=[outsider], by=admin)
    assert list(cohorts_of(instructor)) == [cohort]
    assert set(cohorts_of(admin)) == {cohort, other}
    assert (teaches(instructor, learner.pk), teaches(instructor, outsider.pk)) == (True, False)
