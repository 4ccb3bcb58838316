from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
import time_machine
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.services.coder_reviews import CoderReviewRefused
from quizzes.coder_reviews import newest_item_reviews
from quizzes.models import Item, ItemCoderReview
from quizzes.services import authoring
from quizzes.services.coder_reviews import record_item_review, take_back_item_review
from quizzes.services.items import save_item
from tests.quizzes import school

READ = {"reviewer": "Ana Ruiz", "credential": "ccs_p", "reviewed_on": date(2026, 6, 1), "finds": ""}


def record(version_id: int, by, **changes) -> ItemCoderReview:
    return record_item_review(version_id=version_id, by=by, **{**READ, **changes})


@pytest.fixture
def item(books, admin) -> Item:
    save_item(spec=school.single_best("ears"), by=admin)
    return Item.objects.select_related("current").get(slug="ears")


def test_a_review_is_kept_with_who_recorded_it_and_in_the_trail(item, instructor):
    kept = record(item.current.pk, instructor, reviewer="  Ana Ruiz ", finds="Option c is nearly as right.")
    row = ItemCoderReview.objects.get()
    assert row == kept
    assert (row.item_version, row.words, row.reviewed_on) == (
        item.current,
        "Ana Ruiz, CCS-P",
        date(2026, 6, 1),
    )
    assert (row.finds, row.recorded_by) == ("Option c is nearly as right.", instructor)
    entry = AuditEntry.objects.get(action="quizzes.item.coder_reviewed")
    assert (entry.actor_id, entry.object_type, entry.object_id) == (
        instructor.pk,
        "quizzes.item",
        str(item.pk),
    )
    assert entry.after == {"version": 1, "reviewer": "Ana Ruiz, CCS-P", "reviewed_on": "2026-06-01"}


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"reviewer": "  "}, "reviewer", "Name the coder who read it."),
        ({"credential": "md"}, "credential", "Choose one of the credentials."),
    ],
)
def test_what_does_not_say_who_read_it_is_refused(item, instructor, changes, field, words):
    refused = _refused(item.current.pk, instructor, **changes)
    assert (refused.field, str(refused)) == (field, words)


def test_a_day_to_come_is_refused_and_today_is_not(item, instructor):
    today = timezone.localdate()
    refused = _refused(item.current.pk, instructor, reviewed_on=today + timedelta(days=1))
    assert (refused.field, str(refused)) == ("reviewed_on", "That day is still to come.")
    assert record(item.current.pk, instructor, reviewed_on=today).reviewed_on == today


@time_machine.travel(datetime(2026, 6, 1, 23, 30, tzinfo=UTC), tick=False)
def test_today_is_that_of_the_person_who_records_it(item, instructor):
    tomorrow = date(2026, 6, 2)
    with timezone.override("America/Chicago"):
        assert _refused(item.current.pk, instructor, reviewed_on=tomorrow).field == "reviewed_on"
    with timezone.override("Asia/Tokyo"):
        record(item.current.pk, instructor, reviewed_on=tomorrow)


def test_a_version_that_is_not_there_is_refused(item, instructor):
    assert str(_refused(0, instructor)) == "There is no such version."


def test_a_draft_is_refused_and_an_earlier_version_is_not(item, admin, instructor):
    new = authoring.create_item(spec=school.single_best("new"), by=instructor)
    draft = authoring.save_draft(
        item_id=item.pk, base_number=1, spec=school.single_best("ears", "c"), by=instructor
    )
    for version in (new, draft):
        assert str(_refused(version.pk, instructor)).startswith("Publish this version first")
    save_item(spec=school.single_best("ears", "d"), by=admin)
    assert record(item.current.pk, instructor).item_version.number == 1


def test_the_same_sent_twice_is_kept_once_and_another_reading_is_kept(item, instructor, admin):
    record(item.current.pk, instructor)
    assert str(_refused(item.current.pk, admin)) == "This reading is recorded already."
    record(item.current.pk, instructor, finds="One more thing.")
    assert ItemCoderReview.objects.count() == 2


def test_the_newest_of_each_version_is_one_query_and_none_for_none(
    item, admin, instructor, django_assert_num_queries
):
    save_item(spec=school.single_best("ears", "c"), by=admin)
    first, second = item.versions.order_by("number").values_list("pk", flat=True)
    for name, version in product(("Ana Ruiz", "Bo Sand"), (first, second)):
        record(version, instructor, reviewer=name)
    with django_assert_num_queries(1):
        found = newest_item_reviews([first, None, second, 0])
    assert {pk: row.reviewer for pk, row in found.items()} == {first: "Bo Sand", second: "Bo Sand"}
    with django_assert_num_queries(0):
        assert newest_item_reviews([None]) == {}


def _refused(version_id: int, by, **changes) -> CoderReviewRefused:
    """The refusal; nothing more is kept, in the table or in the trail."""
    before = ItemCoderReview.objects.count(), AuditEntry.objects.count()
    with pytest.raises(CoderReviewRefused) as refused:
        record(version_id, by, **changes)
    assert (ItemCoderReview.objects.count(), AuditEntry.objects.count()) == before
    return refused.value


def test_one_taken_back_is_gone_and_stays_in_the_trail_with_the_reason(item, instructor, admin):
    earlier = record(item.current.pk, instructor, reviewer="Bo Sand")
    wrong = record(item.current.pk, instructor, finds="Option c.")
    take_back_item_review(version=item.current, review_id=wrong.pk, reason=" Another item. ", by=admin)
    assert newest_item_reviews([item.current.pk]) == {item.current.pk: earlier}
    entry = AuditEntry.objects.get(action="quizzes.item.coder_review_taken_back")
    assert (entry.actor_id, entry.object_id, entry.reason) == (admin.pk, str(item.pk), "Another item.")
    assert entry.before == {
        "version": 1,
        "reviewer": "Ana Ruiz, CCS-P",
        "reviewed_on": "2026-06-01",
        "finds": "Option c.",
        "recorded_by": str(instructor),
    }


def test_without_a_reason_or_of_another_version_none_is_taken_back(item, instructor):
    kept = record(item.current.pk, instructor)
    other = save_item(spec=school.single_best("ears", key="c"), by=instructor)
    for version, review_id, reason, words in (
        (item.current, kept.pk, " ", "Say why"),
        (item.current, kept.pk, "w" * 401, "at most 400 characters"),
        (other, kept.pk, "Another item.", "not recorded any more"),
        (item.current, kept.pk + 1, "Another item.", "not recorded any more"),
    ):
        with pytest.raises(CoderReviewRefused, match=words):
            take_back_item_review(version=version, review_id=review_id, reason=reason, by=instructor)
    assert ItemCoderReview.objects.get() == kept
    assert not AuditEntry.objects.filter(action="quizzes.item.coder_review_taken_back").exists()
