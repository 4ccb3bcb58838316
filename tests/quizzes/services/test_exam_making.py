"""Exams of instructors: made as drafts, changed without touching what was sat, published once they hold."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.models import Accommodation, AuditEntry, Cohort
from quizzes.errors import ContentError
from quizzes.exam_lists import exam_overview
from quizzes.models import Attempt, Blueprint, Exam
from quizzes.packs import read_exam
from quizzes.services.attempts import hand_in
from quizzes.services.exam_making import (
    Terms,
    change_exam,
    choose_items,
    make_exam,
    publish_exam,
    unpublish_exam,
)
from quizzes.services.starting import start_attempt
from tests.quizzes import school
from tests.quizzes.services.test_races import at_once

DRAWN = {"title": "Drawn", "domain": "icd-10-cm", "draws": 2}
LISTED = {"title": "Listed", "domain": "compliance", "items": ["listed"]}


@pytest.fixture
def bank(books):
    items = [school.single_best(f"pool-{number}") for number in range(3)]
    return school.make_items([*items, school.single_best("listed", domain="compliance")])


@pytest.fixture
def terms(cohort):
    return _terms(cohort)


@pytest.fixture
def made(bank, terms, instructor):
    return make_exam(spec=_spec(), terms=terms, by=instructor)


def _terms(*cohorts, **changes):
    fields = {"opens_at": None, "closes_at": None, "attempts_allowed": None, "release": "at_once", **changes}
    return Terms(cohorts=frozenset(cohort.pk for cohort in cohorts), **fields)


def _spec(*sections, **changes):
    row = {"slug": "new-exam", "title": "Spring finals", "mode": "mock", "summary": "For us.", "minutes": 30}
    row |= {"pass_mark": 70, "books": True, "unscored": 0, "sections": list(sections) or [DRAWN, LISTED]}
    row |= changes
    spec, problems = read_exam(row)
    assert problems == []
    return spec


def _kept(exam):
    return list(exam.sections.values_list("pk", flat=True))


def _refused(call, **arguments):
    with pytest.raises(ContentError) as refused:
        call(**arguments)
    return [problem.message for problem in refused.value.problems]


def _titles(user):
    return [row.title for row in exam_overview(user)]


def test_a_new_exam_is_a_draft_that_students_see_once_it_is_published(made, instructor, learner, outsider):
    assert (made.slug, made.published, made.created_by, made.mode) == (
        "spring-finals",
        False,
        instructor,
        "mock",
    )
    assert [(one.title, one.draws, one.domains) for one in made.sections.all()] == [
        ("Drawn", 2, ["icd-10-cm"]),
        ("Listed", None, []),
    ]
    assert _titles(learner) == []
    publish_exam(exam_id=made.pk, by=instructor)
    assert _titles(learner) == ["Spring finals"]
    assert _titles(outsider) == []  # in none of its cohorts
    unpublish_exam(exam_id=made.pk, by=instructor)
    assert _titles(learner) == []
    actions = AuditEntry.objects.filter(object_type="quizzes.exam").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == [
        "quizzes.exam.made",
        "quizzes.exam.published",
        "quizzes.exam.unpublished",
    ]


def test_the_same_title_and_a_word_of_an_address_get_another_slug(made, terms, instructor):
    assert make_exam(spec=_spec(), terms=terms, by=instructor).slug == "spring-finals-2"
    assert make_exam(spec=_spec(title="Make"), terms=terms, by=instructor).slug == "make-2"
    assert make_exam(spec=_spec(title="!?"), terms=terms, by=instructor).slug == "exam"


def test_an_exam_begins_with_the_pass_mark_of_its_blueprint(bank, terms, instructor):
    fields = {"source": "Drawn by hand.", "source_on": "2026-01-01", "minutes": 240, "sections": []}
    blueprint = Blueprint.objects.create(slug="own", title="Own", pass_mark=65, **fields)
    exam = make_exam(spec=_spec(blueprint="own"), terms=terms, by=instructor)
    assert (exam.blueprint, exam.pass_mark, exam.minutes) == (blueprint, 65, 30)


def test_the_rules_of_packs_hold_for_instructors(bank, terms, instructor):
    spec = _spec(DRAWN, {**LISTED, "items": ["listed", "no-such-item"]})
    messages = _refused(make_exam, spec=spec, terms=terms, by=instructor)
    assert messages == ["there is no published item no-such-item"]
    assert not Exam.objects.exists()


def test_a_window_must_be_in_order_and_reports_that_wait_for_it_need_one(bank, cohort, instructor):
    now = school.server_now()
    turned = _terms(cohort, opens_at=now, closes_at=now - timedelta(hours=1))
    assert _refused(make_exam, spec=_spec(), terms=turned, by=instructor) == [
        "the window closes before it opens"
    ]
    endless = _terms(cohort, release="after_window")
    assert (
        "need an hour at which it closes"
        in _refused(make_exam, spec=_spec(), terms=endless, by=instructor)[0]
    )


def test_nobody_changes_or_publishes_the_exam_of_another(made, terms, admin, instructor):
    Exam.objects.filter(pk=made.pk).update(created_by=admin)
    for call, more in (
        (publish_exam, {}),
        (unpublish_exam, {}),
        (change_exam, {"spec": _spec(), "kept": _kept(made), "terms": terms}),
    ):
        assert _refused(call, exam_id=made.pk, by=instructor, **more) == [
            "Only an exam of yours can be changed."
        ]
    assert publish_exam(exam_id=made.pk, by=admin).published


def test_an_instructor_needs_a_cohort_to_publish_and_an_admin_does_not(bank, instructor, admin, learner):
    exam = make_exam(spec=_spec(), terms=_terms(), by=instructor)
    assert "Choose at least one of your cohorts" in _refused(publish_exam, exam_id=exam.pk, by=instructor)[0]
    open_to_all = make_exam(spec=_spec(title="For all"), terms=_terms(), by=admin)
    publish_exam(exam_id=open_to_all.pk, by=admin)
    assert _titles(learner) == ["For all"]


def test_a_cohort_that_is_not_ones_own_is_neither_given_nor_taken(made, cohort, instructor, admin):
    other = Cohort.objects.create(name="Autumn")
    change_exam(exam_id=made.pk, spec=_spec(), kept=_kept(made), terms=_terms(cohort, other), by=instructor)
    assert list(made.cohorts.all()) == [cohort]
    change_exam(exam_id=made.pk, spec=_spec(), kept=_kept(made), terms=_terms(cohort, other), by=admin)
    change_exam(exam_id=made.pk, spec=_spec(), kept=_kept(made), terms=_terms(), by=instructor)
    assert list(made.cohorts.all()) == [other]


def test_a_shortage_keeps_an_exam_from_students(bank, terms, instructor):
    exam = make_exam(spec=_spec({**DRAWN, "draws": 4}), terms=terms, by=instructor)
    messages = _refused(publish_exam, exam_id=exam.pk, by=instructor)
    assert messages == ["Spring finals cannot be started now: Drawn needs 4, 3 are published."]
    exam.refresh_from_db()
    assert not exam.published


def test_a_published_exam_gets_no_change_after_which_it_could_not_be_published(made, terms, instructor):
    publish_exam(exam_id=made.pk, by=instructor)
    spec = _spec({**DRAWN, "draws": 4}, LISTED)
    messages = _refused(change_exam, exam_id=made.pk, spec=spec, kept=_kept(made), terms=terms, by=instructor)
    assert "Drawn needs 4, 3 are published" in messages[0]
    assert made.sections.get(position=1).draws == 2


def test_a_change_says_in_the_trail_what_it_changed(made, cohort, instructor):
    closes_at = school.server_now() + timedelta(days=2)
    terms = _terms(cohort, closes_at=closes_at, release="after_window")
    change_exam(exam_id=made.pk, spec=_spec(minutes=45), kept=_kept(made), terms=terms, by=instructor)
    entry = AuditEntry.objects.get(action="quizzes.exam.changed")
    assert entry.before == {"minutes": 30, "closes_at": None, "release": "at_once"}
    assert entry.after == {"minutes": 45, "closes_at": closes_at.isoformat(), "release": "after_window"}
    change_exam(exam_id=made.pk, spec=_spec(minutes=45), kept=_kept(made), terms=terms, by=instructor)
    assert AuditEntry.objects.filter(action="quizzes.exam.changed").count() == 1


@pytest.fixture
def sat(made, terms, instructor, learner):
    """Made, published and handed in by the learner, with all that it held."""
    published = publish_exam(exam_id=made.pk, by=instructor)
    attempt = start_attempt(exam=published, by=learner)
    return hand_in(attempt_id=attempt.pk, by=learner)


def test_what_was_sat_stays_when_the_exam_changes(sat, made, cohort, instructor):
    held = list(sat.responses.values("position", "section", "item_version"))
    spec = _spec({**DRAWN, "draws": 3, "title": "Drawn anew"}, LISTED, minutes=60)
    change_exam(
        exam_id=made.pk,
        spec=spec,
        kept=_kept(made),
        terms=_terms(cohort, attempts_allowed=3),
        by=instructor,
    )
    again = Attempt.objects.get(pk=sat.pk)
    assert list(again.responses.values("position", "section", "item_version")) == held
    assert (again.minutes, again.deadline_at, again.score) == (30, sat.deadline_at, sat.score)
    assert made.sections.get(position=1).draws == 3


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            lambda spec, kept: (replace(spec, sections=spec.sections[:1]), kept[:1]),
            "keeps its place, number 2",
        ),
        (
            lambda spec, kept: (replace(spec, sections=spec.sections[::-1]), kept[::-1]),
            "keeps its place, number 1",
        ),
        (lambda spec, kept: (spec, [None, None]), "keeps its place, number 1"),
        (
            lambda spec, kept: (
                replace(spec, sections=[replace(spec.sections[0], domain="hcpcs"), spec.sections[1]]),
                kept,
            ),
            "is reported as before",
        ),
    ],
)
def test_a_section_that_was_sat_stays_where_and_what_it_is(sat, made, terms, instructor, change, problem):
    spec, kept = change(_spec(), _kept(made))
    messages = _refused(change_exam, exam_id=made.pk, spec=spec, kept=kept, terms=terms, by=instructor)
    assert problem in messages[0]
    assert [one.title for one in made.sections.all()] == ["Drawn", "Listed"]


def test_before_anybody_sat_it_sections_come_and_go(made, terms, instructor):
    change_exam(exam_id=made.pk, spec=_spec(LISTED), kept=_kept(made)[1:], terms=terms, by=instructor)
    assert [(one.title, one.draws) for one in made.sections.all()] == [("Listed", None)]


def test_items_of_a_section_are_chosen_from_the_bank(made, instructor):
    section = made.sections.get(position=2)
    where = {"exam_id": made.pk, "section_id": section.pk, "by": instructor}
    assert choose_items(**where, add=["pool-2", "listed", "pool-2"]) == 2
    assert choose_items(**where, add=["pool-1"]) == 3  # from a tab that did not see the first
    assert choose_items(**where, remove=["pool-2", "pool-0"]) == 2
    seats = section.exam_items.order_by("position").values_list("item__slug", flat=True)
    assert list(seats) == ["listed", "pool-1"]
    assert _refused(choose_items, **where, add=["gone"]) == ["there is no published item gone"]
    assert made.sections.get(position=1).draws == 2


def test_a_section_that_is_gone_or_draws_by_now_takes_no_items(made, terms, instructor):
    drawn, listed = _kept(made)
    spec = _spec(DRAWN)
    change_exam(exam_id=made.pk, spec=spec, kept=[drawn], terms=terms, by=instructor)
    for pk in (drawn, listed):
        messages = _refused(choose_items, exam_id=made.pk, section_id=pk, add=["listed"], by=instructor)
        assert messages == ["the section lists no items any more; look at it again"]


@pytest.mark.parametrize("title", ["Make", "New", "Results", "Sittings"])
def test_no_exam_takes_the_address_of_a_page(bank, terms, instructor, title):
    assert make_exam(spec=_spec(title=title), terms=terms, by=instructor).slug == f"{title.lower()}-2"


@pytest.mark.django_db(transaction=True)
def test_two_exams_of_one_title_made_at_once_get_two_names(bank, terms, instructor):
    made = at_once(3, lambda number: make_exam(spec=_spec(), terms=terms, by=instructor).slug)
    assert sorted(made) == ["spring-finals", "spring-finals-2", "spring-finals-3"]


def test_taking_an_exam_out_of_the_lists_stops_starts_and_leaves_open_attempts(made, instructor, learner):
    published = publish_exam(exam_id=made.pk, by=instructor)
    attempt = start_attempt(exam=published, by=learner)
    unpublish_exam(exam_id=made.pk, by=instructor)
    school.save(attempt, 1, {"choice": "b"})
    assert hand_in(attempt_id=attempt.pk, by=learner).state == "graded"


@pytest.mark.parametrize(
    ("before", "after", "how"),
    [
        ("at_once", "by_instructor", ""),
        ("at_once", "score_only", ""),
        ("by_instructor", "at_once", "its page “Reports” opens them"),
        ("score_only", "at_once", ""),
    ],
)
def test_once_sat_no_change_opens_or_closes_the_reports(sat, made, cohort, instructor, before, after, how):
    Exam.objects.filter(pk=made.pk).update(release=before)
    change = {"exam_id": made.pk, "spec": _spec(), "kept": _kept(made), "by": instructor}
    messages = _refused(change_exam, terms=_terms(cohort, release=after), **change)
    assert "when its reports are shown stays as it is" in messages[0]
    assert how in messages[0]
    sat.delete()
    assert change_exam(terms=_terms(cohort, release=after), **change).release == after


def test_a_wait_for_the_window_may_become_one_for_the_instructor(sat, made, cohort, instructor):
    closes_at = school.server_now() + timedelta(days=1)
    Exam.objects.filter(pk=made.pk).update(release="after_window", closes_at=closes_at)
    terms = _terms(cohort, closes_at=closes_at, release="by_instructor")
    changed = change_exam(exam_id=made.pk, spec=_spec(), kept=_kept(made), terms=terms, by=instructor)
    assert changed.release == "by_instructor"


def test_the_window_of_open_reports_stays_once_somebody_sat(sat, made, cohort, instructor):
    now = school.server_now()
    window = {"opens_at": now - timedelta(days=2), "closes_at": now - timedelta(days=1)}
    Exam.objects.filter(pk=made.pk).update(release="after_window", released_at=now, **window)
    change = {"exam_id": made.pk, "spec": _spec(title="Renamed"), "kept": _kept(made), "by": instructor}
    later = {**window, "closes_at": now + timedelta(days=1)}
    messages = _refused(change_exam, terms=_terms(cohort, release="after_window", **later), **change)
    assert messages == ["its reports are open: make another exam for another window"]
    messages = _refused(change_exam, terms=_terms(cohort, release="by_instructor", **window), **change)
    assert messages == ["its reports are open: make another exam for another window"]
    to_the_minute = {name: instant.replace(second=0, microsecond=0) for name, instant in window.items()}
    terms = _terms(cohort, release="after_window", **to_the_minute)
    assert change_exam(terms=terms, **change).title == "Renamed"
    sat.delete()
    assert change_exam(terms=_terms(cohort, release="after_window", **later), **change).released_at is None


@pytest.mark.parametrize(("percent", "minutes"), [(0, 0), (50, 15)])
def test_a_new_window_ends_the_sittings_without_a_clock_that_are_open(
    made, cohort, instructor, learner, admin, percent, minutes
):
    Exam.objects.filter(pk=made.pk).update(choice=True)
    if percent:
        reason = {"reason": "By the office.", "granted_by": admin}
        Accommodation.objects.create(user=learner, extra_time_percent=percent, **reason)
    published = publish_exam(exam_id=made.pk, by=instructor)
    attempt = start_attempt(exam=published, by=learner, timed=False)
    assert attempt.deadline_at is None
    closes_at = school.server_now() + timedelta(days=1)
    terms, spec = _terms(cohort, closes_at=closes_at, release="at_once"), _spec(choice=True)
    change_exam(exam_id=made.pk, spec=spec, kept=_kept(made), terms=terms, by=instructor)
    attempt.refresh_from_db()
    assert attempt.deadline_at == closes_at + timedelta(minutes=minutes)


def test_nobody_publishes_to_a_cohort_that_they_no_longer_teach(made, cohort, instructor, admin):
    cohort.instructors.remove(instructor)
    messages = _refused(publish_exam, exam_id=made.pk, by=instructor)
    assert messages == [
        "You do not teach Spring 2026: only an admin publishes this exam, or takes the cohort off it."
    ]
    assert publish_exam(exam_id=made.pk, by=admin).published
