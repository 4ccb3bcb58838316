from decimal import Decimal

import pytest

from quizzes import reports
from quizzes.errors import NotReleased
from quizzes.services.attempts import close_overdue, hand_in, reveal, start_attempt
from tests.quizzes.school import KEYS, cm, make_exam, move, save, single_best


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
    with pytest.raises(NotReleased):
        reports.feedback(sitting, 1)
    assert reports.revealed(sitting) == {}


def test_practice_releases_only_what_was_revealed(drill):
    save(drill, 1, KEYS[0])
    save(drill, 2, KEYS[1])
    reveal(attempt_id=drill.pk, position=1, by=drill.user)
    shown = reports.feedback(drill, 1)
    assert (shown.right, shown.rationale) == (True, "RATIONALETEXT practice-first")
    assert [(option.id, option.is_key, option.chosen) for option in shown.options] == [
        ("a", False, False),
        ("b", True, True),
        ("c", False, False),
        ("d", False, False),
    ]
    assert set(reports.revealed(drill)) == {1}
    with pytest.raises(NotReleased):
        reports.feedback(drill, 2)


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
    assert items[3].whys == ["E11.21 is in the right category; compare the titles within it."]
    assert [(late.answer_text, late.received_at > graded.closed_at) for late in items[3].late_answers] == [
        ("I10", True)
    ]


def test_a_hundred_items_take_the_queries_of_four(books, mock, learner, django_assert_num_queries):
    big = make_exam("big", [single_best(f"big-{number}") for number in range(100)], minutes=240)
    for exam in (mock, big):
        graded = hand_in(attempt_id=start_attempt(exam=exam, by=learner).pk, by=learner)
        with django_assert_num_queries(3):
            report = reports.report(graded)
    assert report.total == 100
