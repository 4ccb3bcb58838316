"""Items whose key stops being valid on their date are set aside, and come back when it is valid again.

April 2026 is in force from 1 April 2026 on; the releases staged here take over from 1 July.
"""

import threading
from dataclasses import replace
from datetime import date

import pytest
import yaml
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry
from codesets.models import Code, Release, ReleaseState
from codesets.services.errors import InUse
from codesets.services.releases import publish_release, withdraw_release
from codesets.signals import release_changed
from codesets.systems import normalize
from quizzes.models import ItemHold, ItemStatus
from quizzes.services.holds import recheck_window
from quizzes.services.items import load_items, save_item
from tests.quizzes.school import (
    cm,
    code_entry,
    make_items,
    make_release,
    multiple_response,
    single_best,
    stage_release,
    version_of,
)
from tests.quizzes.services.test_items import as_row
from tests.quizzes.services.test_races import PATIENCE, threads, wait_until_blocked

JULY = date(2026, 7, 1)
MAY_12, JULY_14 = date(2026, 5, 12), date(2026, 7, 14)


def entry(slug: str, key: str = "E11.22", on: date = JULY_14, **changes):
    return code_entry(slug, key, service_date=on, **{"accept": [], **changes})


def held() -> dict[str, str]:
    """Slug to the words of its hold."""
    return dict(ItemHold.objects.values_list("item_version__item__slug", "reason"))


def trail() -> list[tuple[str, dict | None, str]]:
    entries = AuditEntry.objects.filter(object_type="quizzes.item").order_by("id")
    return [(entry.action, entry.before or entry.after, entry.reason) for entry in entries]


def test_a_release_sets_aside_what_is_dated_in_its_days_and_loses_its_key(books, admin):
    gone, became_header = entry("gone", "I10"), entry("header", "H65.01")
    also_accepted = entry("accepted", accept=[cm("I10", why="so")])
    fine, before = entry("fine"), entry("before", "I10", MAY_12)
    for spec in (gone, became_header, also_accepted, fine, before):
        save_item(spec=spec, by=None)
    release = stage_release(JULY, "July 2026", without=("I10",), headers=("H65.01",))
    assert held() == {}
    publish_release(release_id=release.pk, by=admin)
    assert held() == {
        "gone": "I10 is not in ICD-10-CM July 2026.",
        "header": "H65.01 is not valid for submission in ICD-10-CM July 2026.",
        "accepted": "I10 is not in ICD-10-CM July 2026.",
    }
    entries = AuditEntry.objects.filter(action="quizzes.item.held")
    assert {(each.object_id, each.actor_id) for each in entries} == {
        (str(version_of(slug).item_id), admin.pk) for slug in held()
    }


def test_a_wrong_answer_that_is_gone_sets_nothing_aside(books):
    save_item(spec=multiple_response("many", service_date=JULY_14), by=None)
    publish_release(release_id=stage_release(JULY, "July 2026", without=("E11.21", "H65.01")).pk, by=None)
    assert held() == {}
    publish_release(release_id=stage_release(date(2026, 7, 10), "Mid July", without=("E11.22",)).pk, by=None)
    assert held() == {"many": "E11.22 is not in ICD-10-CM Mid July."}


def test_withdrawing_the_release_brings_the_item_back_and_both_are_in_the_trail(books, admin):
    save_item(spec=entry("gone", "I10"), by=None)
    release = publish_release(release_id=stage_release(JULY, "July 2026", without=("I10",)).pk, by=None)
    withdraw_release(release_id=release.pk, by=admin)
    assert held() == {}
    about = {"version": 1, "release": "July 2026"}
    assert trail() == [
        ("quizzes.item.held", about, "I10 is not in ICD-10-CM July 2026."),
        ("quizzes.item.hold_lifted", about, "Its key is valid again."),
    ]


def test_only_what_is_asked_keeps_the_release_from_being_withdrawn(books, admin):
    """What is set aside does not: the release took its key away."""
    make_items([entry("gone", "I10"), entry("other")])
    release = publish_release(release_id=stage_release(JULY, "July 2026", without=("I10",)).pk, by=None)
    with pytest.raises(InUse, match=r"1 published or graded thing is .* the first is other, version 1"):
        withdraw_release(release_id=release.pk, by=admin)
    assert set(held()) == {"gone"}


def test_another_release_of_the_same_days_is_named_in_the_words(books):
    make_items([entry("gone", "I10")])
    publish_release(release_id=stage_release(JULY, "July 2026", without=("I10",)).pk, by=None)
    later = stage_release(date(2026, 7, 7), "Later in July", without=("I10",))
    publish_release(release_id=later.pk, by=None)
    hold = ItemHold.objects.get()
    assert (hold.release_label, hold.reason) == ("Later in July", "I10 is not in ICD-10-CM Later in July.")


def test_without_any_book_nobody_can_say_that_a_key_is_wrong(db, admin):
    save_item(spec=entry("any", "Z99.9"), by=None)
    assert held() == {}
    release = publish_release(release_id=stage_release(JULY, "July 2026").pk, by=None)
    assert set(held()) == {"any"}
    withdraw_release(release_id=release.pk, by=admin)
    assert held() == {}
    assert trail()[-1][2] == "No book holds its date any more."


def test_an_index_or_a_table_sets_nothing_aside(books, django_assert_num_queries):
    make_items([entry("gone", "I10")])
    with django_assert_num_queries(0):  # authors do not wait for it either
        release_changed.send(Release, system="edits", start=JULY, end=None, by=None)
    index = make_release("icd10cm_index", JULY, label="Index", tree=[], state=ReleaseState.STAGED)
    publish_release(release_id=index.pk, by=None)
    assert held() == {}


def test_a_new_version_ends_the_hold_of_the_old_one(books, admin):
    save_item(spec=entry("gone", "I10"), by=None)
    publish_release(release_id=stage_release(JULY, "July 2026", without=("I10",)).pk, by=None)
    save_item(spec=entry("gone", "H65.01"), by=admin)
    assert held() == {}
    assert trail()[-1] == (
        "quizzes.item.hold_lifted",
        {"version": 1, "release": "July 2026"},
        "A newer version replaced it.",
    )


@pytest.mark.parametrize("by_pack", [True, False])
def test_what_is_written_against_its_book_is_set_aside_at_once(books, tmp_path, by_pack):
    specs = [entry("wrong", "I99.9"), entry("fine", on=MAY_12), single_best("words")]
    if by_pack:
        (tmp_path / "items.yaml").write_text(yaml.safe_dump([as_row(spec) for spec in specs]))
        load_items(tmp_path, None)
    else:
        for spec in specs:
            save_item(spec=spec, by=None)
    assert held() == {"wrong": "I99.9 is not in ICD-10-CM April 2026."}


def test_an_item_that_fails_two_books_waits_for_both(books):
    """Each system's releases speak for their own codes."""
    supply = ("J0696", "Ceftriaxone", True, "")
    make_release("hcpcs", label="2026", tree=[supply])
    options = [
        {"id": "a", "code": {"system": "hcpcs", "code": "J0696"}, "why": "yes"},
        {"id": "b", "code": cm("I10"), "why": "yes"},
        *({"id": name, "text": f"Choice {name}", "why": "no"} for name in "cde"),
    ]
    both = replace(
        multiple_response("both"),
        content=replace(
            multiple_response("both").content,
            systems=("hcpcs", "icd10cm"),
            service_date=JULY_14,
            options=options,
            key=["a", "b"],
        ),
    )
    make_items([both])
    icd = publish_release(release_id=stage_release(JULY, "July 2026", without=("I10",)).pk, by=None)
    hcpcs = make_release("hcpcs", JULY, label="July", tree=[], state=ReleaseState.STAGED)
    publish_release(release_id=hcpcs.pk, by=None)
    assert sorted(ItemHold.objects.values_list("system", flat=True)) == ["hcpcs", "icd10cm"]
    withdraw_release(release_id=icd.pk, by=None)
    assert list(ItemHold.objects.values_list("system", flat=True)) == ["hcpcs"]


def test_the_check_stands_or_falls_with_the_publishing(books):
    make_items([entry("gone", "I10")])
    release = stage_release(JULY, "July 2026", without=("I10",))

    def fail(sender, **news):
        raise RuntimeError("a later receiver fails")

    release_changed.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            publish_release(release_id=release.pk, by=None)
    finally:
        release_changed.disconnect(fail)
    assert held() == {}
    assert Release.objects.get(pk=release.pk).state == ReleaseState.STAGED


def test_a_hundred_items_are_checked_in_the_queries_of_one(books, django_assert_num_queries):
    def check():
        with django_assert_num_queries(
            7
        ):  # the lock, the versions, the book, its codes, the holds, a savepoint
            recheck_window(system="icd10cm", start=JULY, end=None, by=None)

    make_items([entry("one", "I10")])
    check()
    make_items([entry(f"more-{number}", on=date(2026, 8, 1 + number % 28)) for number in range(100)])
    check()


@pytest.mark.django_db(transaction=True)
def test_a_version_saved_while_a_release_is_published_is_checked_against_it(admin):
    """The save waits for the release; without the lock it would be checked against the old book alone."""
    make_release()
    release = stage_release(JULY, "July 2026", without=("I10",))
    published, go = threading.Event(), threading.Event()

    def linger(sender, **news):
        published.set()
        assert go.wait(PATIENCE)

    release_changed.connect(linger)
    try:
        with threads(2) as submit:
            publishing = submit(lambda: publish_release(release_id=release.pk, by=None))
            assert published.wait(PATIENCE)
            saving = submit(lambda: save_item(spec=entry("late", "I10"), by=None))
            wait_until_blocked()
            go.set()
            publishing.result(PATIENCE)
            saving.result(PATIENCE)
    finally:
        go.set()
        release_changed.disconnect(linger)
    assert held() == {"late": "I10 is not in ICD-10-CM July 2026."}


DAYS = [date(2026, month, 1) for month in (4, 6, 8, 10)]
KEYS = ("I10", "E11.21", "H65.01")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    gone=st.lists(st.sets(st.sampled_from(KEYS)), min_size=len(DAYS), max_size=len(DAYS)),
    items=st.lists(
        st.tuples(st.sampled_from(KEYS), st.dates(date(2026, 3, 15), date(2026, 12, 1)), st.booleans()),
        min_size=1,
        max_size=5,
    ),
    steps=st.lists(st.tuples(st.booleans(), st.integers(0, len(DAYS) - 1)), max_size=10),
)
def test_in_any_order_of_publishing_and_withdrawing_what_is_held_is_what_is_not_valid(db, gone, items, steps):
    """Drafts keep no release from being withdrawn, published items do; both are held alike."""
    with transaction.atomic():
        releases = [
            stage_release(day, f"r{number}", without=tuple(codes)).pk
            for number, (day, codes) in enumerate(zip(DAYS, gone, strict=True))
        ]
        made = make_items([entry(f"i{n}", key, on) for n, (key, on, _) in enumerate(items)])
        for item, (_, _, draft) in zip(made, items, strict=True):
            item.status = ItemStatus.DRAFT if draft else ItemStatus.PUBLISHED
            item.save()
        for publish, number in steps:
            state = Release.objects.get(pk=releases[number]).state
            if publish and state != ReleaseState.PUBLISHED:
                publish_release(release_id=releases[number], by=None)
            elif not publish and state == ReleaseState.PUBLISHED:
                try:
                    withdraw_release(release_id=releases[number], by=None)
                except InUse:
                    continue
            assert set(held()) == _not_valid(items)
        transaction.set_rollback(True)


def _not_valid(items: list[tuple[str, date, bool]]) -> set[str]:
    """By asking the tables for each item by itself."""
    wrong = set()
    for number, (key, on, _) in enumerate(items):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM codesets_release WHERE state = 'published' AND system = 'icd10cm'"
                " AND effective_from <= %s AND (effective_to IS NULL OR effective_to > %s)",
                [on, on],
            )
            book = cursor.fetchone()
        if book and not Code.objects.filter(release=book[0], code=normalize(key), billable=True).exists():
            wrong.add(f"i{number}")
    return wrong
