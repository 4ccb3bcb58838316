"""The quiz about what is new: made once of the drawn releases, gone with them as long as nobody took it."""

import threading
from contextlib import contextmanager
from datetime import date

import pytest
from django.core.cache import cache
from django.db import transaction

from accounts.models import AuditEntry
from codesets import catalog
from codesets.models import ReleaseState
from codesets.services.errors import InUse
from codesets.services.releases import publish_release, withdraw_release
from quizzes.checks import check_items
from quizzes.errors import ExamNotAvailable
from quizzes.exam_lists import practice_overview
from quizzes.models import Exam, ExamItem, ExamSection, Item, ItemVersion
from quizzes.services import news
from quizzes.services.starting import start_attempt
from tests.codesets.drawn_news import APRIL, OCTOBER, new_book, old_book, publish, publish_both
from tests.codesets.loaded import codes, load
from tests.quizzes.services.test_races import PATIENCE, threads, wait_until_blocked

SLUG = "whats-new-icd10cm-october-2026"


@pytest.fixture
def october(db):
    return publish_both()[1]


@pytest.fixture
def quiz(october, learner) -> Exam:
    return news.quiz_for(release_id=october.pk, by=learner)


def test_the_quiz_is_a_practice_exam_of_checked_items_that_nobody_wrote(quiz, learner, october):
    assert (quiz.slug, quiz.title) == (SLUG, "What is new in ICD-10-CM October 2026")
    assert (quiz.mode, quiz.minutes, quiz.published) == ("practice", None, True)
    (section,) = quiz.sections.all()
    items = [seat.item for seat in section.exam_items.select_related("item__current")]
    assert section.domain == "icd-10-cm"
    assert quiz.summary.startswith(f"{len(items)} questions about what ICD-10-CM October 2026 changes")
    # What was divided, what is new, what took a place and what note changed, in turn.
    asked = [item.slug.removeprefix(f"{SLUG}-") for item in items]
    assert [name[:3] for name in asked] == ["r00", "r03", "s12", "r01", "s12", "r00"]
    assert (asked[2], asked[3], asked[5]) == ("s1211xa", "r01-r02", "r00a")
    assert {item.domain for item in items} == {"icd-10-cm"}
    assert {item.current.service_date for item in items} == {OCTOBER}
    assert {item.current.created_by for item in items} == {None}
    assert check_items() == []
    (entry,) = AuditEntry.objects.filter(action="quizzes.news.made")
    assert (entry.actor_id, entry.after) == (learner.pk, {"items": len(items)})


def test_asking_again_makes_nothing(quiz, october, outsider, django_assert_num_queries):
    with django_assert_num_queries(6):
        again = news.quiz_for(release_id=october.pk, by=outsider)
    assert again == quiz
    assert (Exam.objects.count(), ItemVersion.objects.count()) == (1, Item.objects.count())


def test_a_release_that_changed_too_little_has_none(db, learner):
    october = publish_both()[1]
    little = new_book()
    # What came in October came in April again, under another letter: one question.
    rash = [record for record in little.codes if record.code.startswith("R03")]
    place = len(little.codes)
    little.codes += [
        each._replace(
            code=each.code.replace("R", "Q"), parent=each.parent.replace("R", "Q"), position=place + more
        )
        for more, each in enumerate(rash)
    ]
    release = publish("April 2027", little, date(2027, 4, 1))
    assert catalog.whats_new_of(release.pk).totals.came == 4
    assert october.codes_total + 5 == release.codes_total
    assert not news.has_quiz(catalog.whats_new_of(release.pk))
    with pytest.raises(ExamNotAvailable, match="Too little changed in this release"):
        news.quiz_for(release_id=release.pk, by=learner)
    assert (Exam.objects.count(), Item.objects.count()) == (0, 0)


def test_only_a_published_release_has_one(october, learner):
    staged = load("April 2027", new_book(), effective_from=date(2027, 4, 1))
    digest = catalog.whats_new_of(staged.pk)
    assert (digest.release.state, news.has_quiz(digest)) == (ReleaseState.STAGED, False)
    for pk in (staged.pk, 999_999):
        with pytest.raises(ExamNotAvailable, match="not published"):
            news.quiz_for(release_id=pk, by=learner)


def test_a_first_release_has_none(db, learner):
    release = publish("October 2026", new_book(), OCTOBER)
    assert not news.has_quiz(catalog.whats_new_of(release.pk))
    with pytest.raises(ExamNotAvailable, match="Too little changed"):
        news.quiz_for(release_id=release.pk, by=learner)


def test_whether_there_is_one_is_kept(october, django_assert_num_queries):
    cache.clear()
    digest = catalog.whats_new_of(october.pk)
    assert news.has_quiz(digest)
    with django_assert_num_queries(2):  # the exam that there is not, and the cache's own
        assert news.has_quiz(digest)


@pytest.mark.parametrize(
    ("label", "slug"),
    [
        ("FY_2027, October!", "whats-new-icd10cm-fy-2027-october"),
        ("x" * 80, f"whats-new-icd10cm-{'x' * 45}"),
    ],
)
def test_the_slug_is_made_of_the_label(db, learner, label, slug):
    publish("April 2026", old_book(), APRIL)
    release = publish(label, new_book(), OCTOBER)
    assert news.quiz_for(release_id=release.pk, by=learner).slug == slug


def test_a_label_without_letters_gives_way_to_the_number_of_the_release(db, learner):
    publish("April 2026", old_book(), APRIL)
    release = publish("二", new_book(), OCTOBER)
    assert news.quiz_for(release_id=release.pk, by=learner).slug == f"whats-new-icd10cm-{release.pk}"


def test_nobody_having_taken_it_the_release_is_withdrawn_and_the_quiz_goes_with_it(quiz, october, learner):
    withdraw_release(release_id=october.pk, by=None)
    assert practice_overview(learner) == []
    assert (Exam.objects.count(), Item.objects.count(), ItemVersion.objects.count()) == (0, 0, 0)
    with pytest.raises(ExamNotAvailable, match="not published"):
        news.quiz_for(release_id=october.pk, by=learner)
    publish_release(release_id=october.pk, by=None)
    assert news.quiz_for(release_id=october.pk, by=learner).slug == SLUG


def test_a_quiz_that_was_begun_keeps_the_release_in_force(quiz, october, learner):
    start_attempt(exam=quiz, by=learner)
    with pytest.raises(InUse) as refused:
        withdraw_release(release_id=october.pk, by=None)
    assert {row.label.removesuffix(", version 1") for row in refused.value.rows} == set(
        Item.objects.values_list("slug", flat=True)
    )
    october.refresh_from_db()
    assert october.state == ReleaseState.PUBLISHED
    assert [row.slug for row in practice_overview(learner)] == [SLUG]


def test_another_release_of_the_system_lets_go_of_untaken_quizzes_alone(quiz, october, learner):
    start_attempt(exam=quiz, by=learner)
    supplies = codes(*((f"J900{n}", f"Injection, {n}mab, 1 mg", True) for n in range(8)))
    publish("2026", supplies[:1], date(2026, 1, 1), "hcpcs")
    hcpcs = publish("April 2026", supplies, date(2026, 4, 1), "hcpcs")
    other = news.quiz_for(release_id=hcpcs.pk, by=learner)
    publish("April 2027", new_book(), date(2027, 4, 1))
    assert set(Exam.objects.values_list("slug", flat=True)) == {quiz.slug, other.slug}
    publish("July 2026", supplies, date(2026, 7, 1), "hcpcs")
    assert set(Exam.objects.values_list("slug", flat=True)) == {quiz.slug}
    assert set(Item.objects.values_list("domain", flat=True)) == {"icd-10-cm"}


def test_an_item_that_another_exam_asks_stays(quiz, october):
    item = Item.objects.order_by("slug").first()
    own = Exam.objects.create(slug="own", title="Own", mode="practice")
    section = ExamSection.objects.create(exam=own, position=1, title="One", domain="icd-10-cm")
    ExamItem.objects.create(section=section, item=item, position=1)
    publish("April 2027", new_book(), date(2027, 4, 1))
    assert list(Exam.objects.all()) == [own]
    assert list(Item.objects.all()) == [item]


@contextmanager
def unfinished(submit, work):
    """Another connection does the work in a transaction that ends when the event it gives is set."""
    done, go = threading.Event(), threading.Event()

    def run():
        with transaction.atomic():
            result = work()
            done.set()
            assert go.wait(PATIENCE)
        return result

    future = submit(run)
    assert done.wait(PATIENCE), future.exception(0)
    try:
        yield go, future
    finally:
        go.set()


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_the_same_quiz(learner, outsider):
    october = publish_both()[1]

    def ask(user):
        return lambda: news.quiz_for(release_id=october.pk, by=user)

    with threads() as submit, unfinished(submit, ask(learner)) as (go, first):
        second = submit(ask(outsider))
        wait_until_blocked()
        go.set()
        assert first.result(PATIENCE) == second.result(PATIENCE) == Exam.objects.get()
    assert AuditEntry.objects.filter(action="quizzes.news.made").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_quiz_that_is_being_made_goes_with_the_release_that_is_withdrawn(learner):
    october = publish_both()[1]
    with threads() as submit:
        making = unfinished(submit, lambda: news.quiz_for(release_id=october.pk, by=learner))
        with making as (go, made):
            withdrawn = submit(lambda: withdraw_release(release_id=october.pk, by=None))
            wait_until_blocked()
            go.set()
            assert made.result(PATIENCE).slug == SLUG
            assert withdrawn.result(PATIENCE).state == ReleaseState.WITHDRAWN
    assert (Exam.objects.count(), Item.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_no_quiz_is_made_of_a_release_that_is_being_withdrawn(learner):
    october = publish_both()[1]
    with threads() as submit:
        withdrawing = unfinished(submit, lambda: withdraw_release(release_id=october.pk, by=None))
        with withdrawing as (go, _):
            asked = submit(lambda: news.quiz_for(release_id=october.pk, by=learner))
            wait_until_blocked()
            go.set()
            with pytest.raises(ExamNotAvailable, match="not published"):
                asked.result(PATIENCE)
    assert (Exam.objects.count(), Item.objects.count()) == (0, 0)
