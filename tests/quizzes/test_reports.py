from decimal import Decimal

import pytest

from quizzes import reports
from quizzes.errors import NotReleased
from quizzes.models import Attempt, Exam, ExamItem, Item, Response
from quizzes.releases import Shown
from quizzes.services.attempts import close_overdue, hand_in, reveal
from quizzes.services.items import save_item
from quizzes.services.regrades import apply_run, preview_run
from quizzes.services.starting import start_attempt
from tests.quizzes.school import KEYS, claim_key, cm, coded_case, make_exam, move, save, single_best


def test_no_report_before_the_attempt_is_graded(sitting):
    save(sitting, 1, KEYS[0])
    with pytest.raises(NotReleased):
        reports.report(sitting)
    move(sitting, minutes=13)
    close_overdue()
    sitting.refresh_from_db()
    assert sitting.state == "closed"
    with pytest.raises(NotReleased):
        reports.report(sitting)
    assert reports.revealed(sitting) == {}


def test_a_window_is_no_clock(sitting):
    graded = hand_in(attempt_id=sitting.pk, by=sitting.user)
    Attempt.objects.update(minutes=None)
    graded.refresh_from_db()
    assert graded.deadline_at is not None
    assert reports.report(graded).time_allowed is None


def test_sections_that_are_parts_of_one_are_summed_too(sitting):
    """Two rights of two in the first, none of two in the second."""
    for position in (1, 2):
        save(sitting, position, KEYS[position - 1])
    graded = hand_in(attempt_id=sitting.pk, by=sitting.user)
    graded.responses.update(seconds=15)
    assert reports.report(graded).together == []
    for section, title in zip(graded.exam.sections.all(), ["Knowledge", "Knowledge: wards"], strict=True):
        section.title = title
        section.save()
    (part,) = reports.report(graded).together
    assert (part.title, part.items, part.right, part.share, part.seconds) == (
        "Knowledge, together",
        4,
        2,
        0.5,
        60,
    )
    graded.responses.filter(position__in=[3, 4]).update(scored=False)
    assert reports.report(graded).together == []


def test_practice_releases_only_what_was_revealed(drill):
    save(drill, 1, KEYS[0])
    save(drill, 2, KEYS[1])
    reveal(attempt_id=drill.pk, position=1, by=drill.user)
    shown = reports.revealed(drill)[1]
    assert (shown.right, shown.rationale) == (True, "RATIONALETEXT practice-first")
    assert [(option.id, option.is_key, option.chosen) for option in shown.options] == [
        ("a", False, False),
        ("b", True, True),
        ("c", False, False),
        ("d", False, False),
    ]
    assert set(reports.revealed(drill)) == {1}


def test_the_numbers_of_a_report(sitting):
    for position, answer in enumerate([KEYS[0], {"choice": "a"}, KEYS[2]], start=1):
        save(sitting, position, answer)
    graded = hand_in(attempt_id=sitting.pk, by=sitting.user)
    save(sitting, 4, cm("E11.22"))
    report = reports.report(graded)
    assert (report.score, report.passed, report.pass_mark) == (50, False, 70)
    assert (report.total, report.right, report.answered, report.needed, report.late) == (4, 2, 3, 3, 1)
    assert (report.share, report.low, report.high) == pytest.approx((0.5, 0.1825, 0.8175), abs=1e-4)
    assert report.time == graded.finished_at - graded.started_at
    assert report.time_allowed.total_seconds() == 720
    assert [(one.title, one.items, one.right, one.credit, one.share) for one in report.sections] == [
        ("Section 1", 2, 1, Decimal(1), 0.5),
        ("Section 2", 2, 1, Decimal(1), 0.5),
    ]


def test_each_item_has_its_answer_key_and_reasons(sitting):
    save(sitting, 3, {"choices": ["b", "c"]}, flagged=True, note="both?")
    save(sitting, 4, cm("E11.21"))
    graded = hand_in(attempt_id=sitting.pk, by=sitting.user)
    save(sitting, 4, cm("I10"), revision=2)
    items = reports.report(graded).items
    assert [(item.answer_text, item.key_text, item.verdicts) for item in items] == [
        ("", "Choice b", ["missing"]),
        ("", "Choice b", ["missing"]),
        ("E11.22; H65.01", "E11.22; I10", ["correct", "extra", "missing"]),
        ("E11.21", "E11.22", ["same_category"]),
    ]
    assert items[2].options[1].why == "WHYTEXT mock-many b"
    assert (items[2].flagged, items[2].note) == (True, "both?")
    assert items[3].accept[0]["code"] == "I10"
    assert items[3].whys == [
        "E11.21 is “Type 2 diabetes mellitus with diabetic nephropathy”; the record supports E11.22, “Type 2 "
        "diabetes mellitus with diabetic chronic kidney disease”."
    ]
    assert [(late.answer_text, late.received_at > graded.closed_at) for late in items[3].late_answers] == [
        ("I10", True)
    ]


def test_what_waits_for_its_release_is_not_built(sitting, learner):
    save(sitting, 1, KEYS[0], seconds=0)
    graded = hand_in(attempt_id=sitting.pk, by=learner)
    Exam.objects.update(release="by_instructor")
    graded.exam.refresh_from_db()
    with pytest.raises(NotReleased):
        reports.report(graded)
    assert reports.revealed(graded) == {}
    assert len(reports.report(graded, Shown.ALL).items) == 4
    Exam.objects.update(release="score_only")
    graded.exam.refresh_from_db()
    report = reports.report(graded)
    assert (report.score, report.right, len(report.sections)) == (25, 1, 2)
    assert (report.items, report.calibration.levels, report.claim_scores) == ([], (), {})


def test_an_item_that_is_only_tried_out_counts_in_the_time_alone(sitting, learner):
    move(sitting, minutes=5)
    for position, seconds in ((1, 40), (2, 20), (3, 0)):
        save(sitting, position, KEYS[position - 1], sure=4, seconds=seconds)
    sitting.responses.filter(position__in=[2, 3, 4]).update(scored=False)
    report = reports.report(hand_in(attempt_id=sitting.pk, by=learner))
    assert (report.total, report.right, report.asked, report.answered, report.tried) == (1, 1, 4, 3, 3)
    assert [(one.title, one.items, one.seconds, one.measured) for one in report.sections] == [
        ("Section 1", 1, 60, 2)
    ]
    assert [item.scored for item in report.items] == [True, False, False, False]
    assert [(level.sure, level.answers) for level in report.calibration.levels] == [(4, 1)]


def test_part_credit_has_no_number_of_right_items_to_reach(books, learner):
    attempt = start_attempt(exam=make_exam("form", [coded_case("case"), single_best("one")]), by=learner)
    claim = {"diagnoses": [{"code": "H65.01", "role": "first_listed"}], "procedures": []}
    save(attempt, 1, {"claim": claim})
    assert reports.report(hand_in(attempt_id=attempt.pk, by=learner)).needed is None


def test_a_hundred_items_take_the_queries_of_four(books, mock, learner, django_assert_num_queries):
    big = make_exam("big", [single_best(f"big-{number}") for number in range(100)], minutes=240)
    for exam in (mock, big):
        graded = hand_in(attempt_id=start_attempt(exam=exam, by=learner).pk, by=learner)
        with django_assert_num_queries(4):
            report = reports.report(graded)
    assert report.total == 100


def test_a_worked_example_is_no_part_of_a_report(books, learner):
    exam = make_exam("cases", [coded_case("shown"), single_best("asked")])
    ExamItem.objects.filter(item__slug="shown").update(served="worked")
    attempt = start_attempt(exam=exam, by=learner)
    save(attempt, 2, {"choice": "b"})
    reveal(attempt_id=attempt.pk, position=2, by=learner)
    assert set(reports.revealed(attempt)) == {2}
    report = reports.report(hand_in(attempt_id=attempt.pk, by=learner))
    assert [item.position for item in report.items] == [2]
    assert (report.total, report.right, report.needed, report.claims, report.claim_scores) == (1, 1, 1, 0, {})
    assert [(section.items, section.right) for section in report.sections] == [(1, 1)]


def test_an_attempt_at_worked_examples_alone_has_a_report(books, learner):
    attempt = start_attempt(exam=make_exam("cases", [coded_case("shown")]), by=learner)
    Response.objects.update(served="worked")
    report = reports.report(hand_in(attempt_id=attempt.pk, by=learner))
    assert (report.total, report.share, report.sections) == (0, 1.0, [])


def test_how_sure_one_was_is_counted_with_how_right(drill):
    for position, sure in ((1, 4), (2, 4), (3, 1)):
        save(drill, position, {"choice": "a"} if position == 1 else KEYS[position - 1])
        reveal(attempt_id=drill.pk, position=position, by=drill.user, sure=sure)
    report = reports.report(hand_in(attempt_id=drill.pk, by=drill.user))
    levels = [(level.sure, level.answers, level.right) for level in report.calibration.levels]
    assert levels == [(4, 2, 1), (1, 1, 1)]


def test_after_grading_again_the_key_and_its_reasons_are_those_of_the_newest_grade(
    books, learner, instructor, django_assert_num_queries
):
    attempt = start_attempt(exam=make_exam("form", [single_best("one"), single_best("two")]), by=learner)
    save(attempt, 1, {"choice": "c"})
    reveal(attempt_id=attempt.pk, position=1, by=learner)
    before = reports.revealed(attempt)[1]
    assert (before.credit, before.regrade, before.key) == (0, None, ["b"])
    changed = single_best("one", key="c", stem="Another stem?", rationale="It is c.")
    save_item(spec=changed, by=instructor)
    item = Item.objects.select_related("current").get(slug="one")
    run = preview_run(item=item, reason="The key was wrong.", by=instructor)
    apply_run(run_id=run.pk, by=instructor)
    with django_assert_num_queries(4):
        after = reports.revealed(attempt)[1]
    assert (after.credit, after.key, after.rationale, after.stem) == (1, ["c"], "It is c.", before.stem)
    assert [option.id for option in after.options if option.is_key] == ["c"]
    assert after.regrade.reason == "The key was wrong."
    assert [grade.credit for grade in after.regrade.earlier] == [0]


def test_a_case_has_its_chart_face_sheet_and_query_with_it(books, learner):
    options = [{"id": one, "text": f"Query {one}?", "why": f"Because {one}."} for one in "ab"]
    spec = coded_case("asks", options=options, key=claim_key(query="b"))
    attempt = start_attempt(exam=make_exam("cases", [spec]), by=learner)
    claim = {"diagnoses": [{"code": "H65.01", "role": "first_listed"}], "procedures": []}
    save(attempt, 1, {"claim": claim, "query": "a"})
    reveal(attempt_id=attempt.pk, position=1, by=learner)
    item = reports.revealed(attempt)[1]
    assert [(option.id, option.is_key, option.chosen) for option in item.options] == [
        ("a", False, True),
        ("b", True, False),
    ]
    assert item.chart == spec.content.chart
    assert item.given == spec.content.given
    assert set(item.scores) == set(reports.SCORES)
