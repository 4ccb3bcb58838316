import threading
from datetime import date

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry
from codesets.impact import ImpactRow
from codesets.models import Code, Release, ReleaseState
from codesets.services.errors import InUse, UnknownRelease, WindowTaken, WrongState
from codesets.services.releases import discard_release, publish_release, withdraw_release
from codesets.signals import release_changed
from tests.codesets.conftest import READING_2026, stage

OCTOBER, JANUARY, APRIL = date(2025, 10, 1), date(2026, 1, 1), date(2026, 4, 1)


def staged(label: str, start: date, system: str = "icd10cm", table: str = "") -> Release:
    """A release without rows: windows do not ask for them."""
    return Release.objects.create(
        system=system,
        table=table,
        label=label,
        state=ReleaseState.STAGED,
        effective_from=start,
        source_sha256="0" * 64,
    )


def windows(system: str = "icd10cm") -> list[tuple[str, date, date | None]]:
    rows = Release.objects.filter(system=system, state=ReleaseState.PUBLISHED).order_by(
        "effective_from", "pk"
    )
    return list(rows.values_list("label", "effective_from", "effective_to"))


def test_publishing_closes_the_predecessor_and_ends_at_the_successor(db, admin):
    for label, start in (("a", OCTOBER), ("c", APRIL), ("b", JANUARY)):
        publish_release(release_id=staged(label, start).pk, by=admin)
    assert windows() == [("a", OCTOBER, JANUARY), ("b", JANUARY, APRIL), ("c", APRIL, None)]


def test_withdrawing_gives_the_days_back_to_the_predecessor(db, admin, impact_rows):
    releases = {}
    for label, start in (("a", OCTOBER), ("b", JANUARY), ("c", APRIL)):
        releases[label] = publish_release(release_id=staged(label, start).pk, by=admin)
    withdraw_release(release_id=releases["b"].pk, by=admin)
    assert windows() == [("a", OCTOBER, APRIL), ("c", APRIL, None)]
    withdraw_release(release_id=releases["c"].pk, by=admin)
    assert windows() == [("a", OCTOBER, None)]
    withdraw_release(release_id=releases["a"].pk, by=admin)
    assert windows() == []
    assert publish_release(release_id=releases["b"].pk, by=admin).effective_to is None


def test_systems_do_not_touch_each_other(db):
    publish_release(release_id=staged("a", OCTOBER).pk, by=None)
    publish_release(release_id=staged("h", JANUARY, "hcpcs").pk, by=None)
    assert windows() == [("a", OCTOBER, None)]
    assert windows("hcpcs") == [("h", JANUARY, None)]


def test_each_table_of_the_edits_has_windows_of_its_own(db, impact_rows):
    for label, start, table in (
        ("v37", OCTOBER, "mce"),
        ("2020", OCTOBER, "poa_exempt"),
        ("v38", APRIL, "mce"),
        ("practitioner", JANUARY, "ncci_practitioner"),
    ):
        publish_release(release_id=staged(label, start, "edits", table).pk, by=None)
    assert windows("edits") == [
        ("v37", OCTOBER, APRIL),
        ("2020", OCTOBER, None),
        ("practitioner", JANUARY, None),
        ("v38", APRIL, None),
    ]
    withdraw_release(release_id=Release.objects.get(label="v38").pk, by=None)
    assert ("v37", OCTOBER, None) in windows("edits")
    with pytest.raises(WindowTaken, match="Medicare Code Editor v37 is already published"):
        publish_release(release_id=staged("v37a", OCTOBER, "edits", "mce").pk, by=None)


def test_another_first_day_may_be_given(db):
    release = publish_release(release_id=staged("a", OCTOBER).pk, by=None, on=JANUARY)
    assert windows() == [("a", JANUARY, None)]
    assert release.published_at is not None


def test_who_did_what_is_in_the_trail(db, admin, impact_rows):
    first = publish_release(release_id=staged("a", OCTOBER).pk, by=admin)
    second = publish_release(release_id=staged("b", JANUARY).pk, by=None)
    withdraw_release(release_id=second.pk, by=admin)
    trail = AuditEntry.objects.filter(action__startswith="codesets.").order_by("id")
    assert [(entry.action, entry.object_id, entry.actor_name) for entry in trail] == [
        ("codesets.release.published", str(first.pk), "Ann Keller"),
        ("codesets.release.window", str(first.pk), "Chartroom"),
        ("codesets.release.published", str(second.pk), "Chartroom"),
        ("codesets.release.window", str(first.pk), "Ann Keller"),
        ("codesets.release.withdrawn", str(second.pk), "Ann Keller"),
    ]
    assert trail[1].before["effective_to"] is None
    assert trail[1].after["effective_to"] == "2026-01-01"


def test_the_days_that_change_hands_are_told(db, admin, impact_rows):
    """Inside the transaction: what a receiver reads then is what will be."""
    told = []

    def hear(sender, *, system, start, end, by, **news):
        told.append((system, start, end, by, windows()))

    release_changed.connect(hear)
    try:
        for label, start in (("a", OCTOBER), ("c", APRIL)):
            publish_release(release_id=staged(label, start).pk, by=None)
        second = publish_release(release_id=staged("b", OCTOBER).pk, by=admin, on=JANUARY)
        withdraw_release(release_id=second.pk, by=admin)
        with pytest.raises(WrongState):
            withdraw_release(release_id=second.pk, by=admin)
    finally:
        release_changed.disconnect(hear)
    first, last = ("a", OCTOBER, APRIL), ("c", APRIL, None)
    assert told == [
        ("icd10cm", OCTOBER, None, None, [("a", OCTOBER, None)]),
        ("icd10cm", APRIL, None, None, [first, last]),
        ("icd10cm", JANUARY, APRIL, admin, [("a", OCTOBER, JANUARY), ("b", JANUARY, APRIL), last]),
        ("icd10cm", JANUARY, APRIL, admin, [first, last]),
    ]


def test_two_releases_cannot_begin_on_one_day(db):
    publish_release(release_id=staged("a", JANUARY).pk, by=None)
    other = staged("b", JANUARY)
    with pytest.raises(WindowTaken, match=r"ICD-10-CM a is already published from 2026-01-01; withdraw it"):
        publish_release(release_id=other.pk, by=None)
    assert windows() == [("a", JANUARY, None)]


@pytest.mark.parametrize(
    ("state", "service", "words"),
    [
        (ReleaseState.PUBLISHED, publish_release, "is published, so it cannot be published"),
        (ReleaseState.IMPORTING, publish_release, "is importing, so it cannot be published"),
        (ReleaseState.STAGED, withdraw_release, "is staged, so it cannot be withdrawn"),
        (ReleaseState.PUBLISHED, discard_release, "is published, so it cannot be discarded"),
        (ReleaseState.WITHDRAWN, discard_release, "is withdrawn, so it cannot be discarded"),
    ],
)
def test_a_step_that_the_state_does_not_allow(db, state, service, words):
    release = staged("a", OCTOBER)
    Release.objects.filter(pk=release.pk).update(state=state)
    with pytest.raises(WrongState, match=words):
        service(release_id=release.pk, by=None)
    assert Release.objects.get(pk=release.pk).state == state


def test_what_does_not_exist(db):
    with pytest.raises(UnknownRelease, match="no such release"):
        publish_release(release_id=404, by=None)


def test_withdrawing_is_refused_while_something_graded_is_dated_in_the_window(db, impact_rows):
    release = publish_release(release_id=staged("a", OCTOBER).pk, by=None)
    impact_rows.append(ImpactRow("lesson", "A draft", "/x", APRIL, 0, blocked=False))
    impact_rows.append(ImpactRow("attempt", "Mock exam one", "/x", APRIL, 3, blocked=True))
    with pytest.raises(InUse, match=r"1 published or graded thing is .* Mock exam one\.$") as no:
        withdraw_release(release_id=release.pk, by=None)
    assert [row.kind for row in no.value.rows] == ["attempt"]
    assert windows() == [("a", OCTOBER, None)]
    impact_rows.pop()
    withdraw_release(release_id=release.pk, by=None)
    assert windows() == []


def test_a_staged_release_is_discarded_with_its_rows(db, admin, reading):
    other = stage(READING_2026, "again", OCTOBER)
    discard_release(release_id=other.id, by=admin)
    assert not Release.objects.filter(pk=other.id).exists()
    assert set(Code.objects.values_list("release_id", flat=True)) == {reading.id}
    trail = AuditEntry.objects.filter(action="codesets.release.discarded")
    assert [entry.object_id for entry in trail] == [str(other.id)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.booleans(), st.integers(0, 4)), max_size=12))
def test_windows_stay_disjoint_and_without_a_gap_in_any_order(db, impact_rows, steps):
    Release.objects.all().delete()
    days = [date(2026, month, 1) for month in (1, 2, 4, 7, 11)]
    releases = [staged(f"r{number}", day).pk for number, day in enumerate(days)]
    in_force: set[int] = set()
    for publish, number in steps:
        if publish and number not in in_force:
            publish_release(release_id=releases[number], by=None)
            in_force.add(number)
        elif not publish and number in in_force:
            withdraw_release(release_id=releases[number], by=None)
            in_force.remove(number)
        expected = [days[each] for each in sorted(in_force)]
        ends = [*expected[1:], None] if expected else []
        assert [(start, end) for _, start, end in windows()] == list(zip(expected, ends, strict=True))


@pytest.mark.django_db(transaction=True)
def test_two_admins_publish_at_once():
    """Both wait for the system's lock in turn; neither deadlocks, and the windows fit."""
    first = publish_release(release_id=staged("a", OCTOBER).pk, by=None)
    rivals = [staged("b", JANUARY).pk, staged("c", APRIL).pk]
    together = threading.Barrier(2)
    failures: list[Exception] = []

    def publish(release_id: int) -> None:
        try:
            together.wait(5)
            publish_release(release_id=release_id, by=None)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish, args=(release_id,)) for release_id in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    assert windows() == [("a", OCTOBER, JANUARY), ("b", JANUARY, APRIL), ("c", APRIL, None)]
    assert first.effective_to is None


@pytest.mark.django_db(transaction=True)
def test_two_admins_publish_the_same_release_at_once():
    release_id = staged("a", OCTOBER).pk
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def publish() -> None:
        try:
            together.wait(5)
            publish_release(release_id=release_id, by=None)
            outcomes.append("published")
        except WrongState as error:
            outcomes.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=publish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["ICD-10-CM a is published, so it cannot be published.", "published"]
    assert AuditEntry.objects.filter(action="codesets.release.published").count() == 1
