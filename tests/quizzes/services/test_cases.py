from dataclasses import replace
from datetime import timedelta

import pytest

from quizzes.errors import AttemptNotFound, AttemptOver, CheckRefused, HighlightRefused
from quizzes.kinds import AnswerError
from quizzes.models import ExamItem, Response
from quizzes.services import cases
from quizzes.services.attempts import hand_in, reveal
from quizzes.services.starting import start_attempt
from tests.quizzes import school

CODED = {
    "claim": {
        "diagnoses": [{"code": "E11.22", "role": "", "poa": ""}, {"code": "E11.2", "role": "", "poa": ""}]
    }
}
CHART = [
    {"kind": "ed_note", "title": "ED note", "text": "Diabetes with **kidney disease** today."},
    {"kind": "laboratory", "title": "Labs", "text": "Creatinine 1.9."},
]


def case(slug: str, key: str = "E11.22", **policy):
    line = {"code": key, "role": "first_listed", "support": "kidney disease", "why": "WHYTEXT"}
    return school.spec(
        slug,
        kind="coded_case",
        given={"setting": "professional", "service_from": "2026-05-12", "sex": "F", "age": 62},
        chart=CHART,
        key={"diagnoses": [line]},
        policy=policy,
    )


def begin(learner, *specs):
    return start_attempt(exam=school.make_exam("cases", list(specs)), by=learner)


def check(attempt, answer=CODED, position=1, by=None):
    return cases.check_claim(attempt_id=attempt.pk, position=position, answer=answer, by=by or attempt.user)


def mark(attempt, start, end, note="", document=0):
    place = {"document": document, "start": start, "end": end}
    return cases.save_highlight(attempt_id=attempt.pk, position=1, note=note, **place, by=attempt.user)


def test_the_rules_say_what_is_wrong_with_the_claim_and_each_check_is_counted(books, learner):
    attempt = begin(learner, case("free"))
    said = check(attempt)
    assert [(one["kind"], one["severity"], one["lines"]) for one in said.findings] == [
        ("not_billable", "critical", ("dx:2",))
    ]
    assert said.releases == {"icd10cm": "April 2026"}
    assert said.left is None
    check(attempt)
    assert Response.objects.get(attempt=attempt).checks == 2


def test_the_findings_are_the_same_whatever_the_key_is(books, learner):
    attempt = begin(learner, case("one", "E11.22"), case("other", "I10"))
    first, second = check(attempt), check(attempt, position=2)
    assert first.findings
    assert first.findings == second.findings


def test_checks_are_rationed(books, learner):
    attempt = begin(learner, case("two", checks=2), case("none", checks=0))
    assert [check(attempt).left, check(attempt).left] == [1, 0]
    with pytest.raises(CheckRefused, match="No check is left"):
        check(attempt)
    with pytest.raises(CheckRefused, match="without the check"):
        check(attempt, position=2)
    assert list(attempt.responses.values_list("checks", flat=True)) == [2, 0]


@pytest.mark.parametrize(
    ("answer", "error"),
    [(None, CheckRefused), ({"query": None, "claim": {}}, CheckRefused), ({"claim": "E11.22"}, AnswerError)],
)
def test_nothing_to_check_costs_no_check(books, learner, answer, error):
    attempt = begin(learner, case("two", checks=2))
    with pytest.raises(error):
        check(attempt, answer)
    assert Response.objects.get(attempt=attempt).checks == 0


def test_a_case_that_is_graded_or_handed_in_is_not_checked_or_marked(books, learner):
    attempt = begin(learner, case("one"), case("other"))
    school.save(attempt, 1, CODED)
    reveal(attempt_id=attempt.pk, position=1, by=learner)
    for refused in (check, lambda sat: mark(sat, 0, 4)):
        with pytest.raises(AttemptOver):
            refused(attempt)
    hand_in(attempt_id=attempt.pk, by=learner)
    with pytest.raises(AttemptOver):
        check(attempt, position=2)


def test_the_rules_are_asked_in_practice_and_in_time(books, learner):
    mock = start_attempt(exam=school.make_exam("mock", [case("one")], minutes=5), by=learner)
    with pytest.raises(CheckRefused, match="in practice alone"):
        check(mock)
    attempt = begin(learner, case("other"))
    attempt.deadline_at = attempt.started_at + timedelta(minutes=5)  # it began when its quiz had a clock
    school.move(attempt, minutes=6)
    with pytest.raises(AttemptOver, match="time is up"):
        check(attempt)


def test_only_the_owner_asks_and_only_about_a_case(books, learner, outsider):
    attempt = begin(learner, case("one"), school.single_best("plain"))
    with pytest.raises(AttemptNotFound):
        check(attempt, by=outsider)
    with pytest.raises(AttemptNotFound):
        check(attempt, position=2)


def test_a_worked_example_is_not_checked(books, learner):
    exam = school.make_exam("worked", [case("shown"), case("asked")])
    ExamItem.objects.filter(item__slug="shown").update(served="worked")
    with pytest.raises(CheckRefused):
        check(start_attempt(exam=exam, by=learner))


def test_marks_stand_in_the_order_of_the_chart_and_the_same_place_changes_its_note(books, learner):
    attempt = begin(learner, case("one"))
    mark(attempt, 3, 9, document=1)
    mark(attempt, 14, 28)
    assert mark(attempt, 14, 28, " CKD ") == [
        {"document": 0, "start": 14, "end": 28, "note": "CKD"},
        {"document": 1, "start": 3, "end": 9, "note": ""},
    ]
    assert Response.objects.get().highlights[0]["note"] == "CKD"


def test_marks_that_touch_become_one_with_the_notes_of_both(books, learner):
    attempt = begin(learner, case("one"))
    mark(attempt, 0, 8, "type?")
    mark(attempt, 20, 28)
    assert mark(attempt, 5, 24, "stage?") == [{"document": 0, "start": 0, "end": 28, "note": "type?\nstage?"}]


def test_a_mark_is_taken_away_by_its_place(books, learner):
    attempt = begin(learner, case("one"))
    mark(attempt, 0, 8)
    mark(attempt, 14, 28)
    left = cases.remove_highlight(attempt_id=attempt.pk, position=1, document=0, start=0, end=8, by=learner)
    assert left == [{"document": 0, "start": 14, "end": 28, "note": ""}]
    assert Response.objects.get().highlights == left


@pytest.mark.parametrize(
    ("document", "start", "end", "note"),
    [
        *((2, 0, 4, ""), (-1, 0, 4, ""), (0, 4, 4, ""), (0, -1, 4, ""), (0, 0, 999_999, "")),
        *((0, 0, 38, ""), (0, 0, 4, "\ud800"), (0, 0, 4, "\0")),
        *((0, "0", 4, ""), (0, 0, 4, "x" * 1001), (0, 0, 4, None), (True, 0, 4, "")),
    ],
)
def test_a_place_that_no_chart_has_is_refused(books, learner, document, start, end, note):
    attempt = begin(learner, case("one"))
    with pytest.raises(HighlightRefused):
        mark(attempt, start, end, note, document)
    assert Response.objects.get().highlights == []


def test_a_mark_may_end_with_the_document_as_the_page_shows_it(books, learner):
    chart = [{**CHART[0], "text": "| A & **B** |\n|-|\n| \U0001f9b5 |"}]
    spec = case("one")
    attempt = begin(learner, replace(spec, content=replace(spec.content, chart=chart)))
    shown = "\n\n\nA & B\n\n\n\n\n\n\U0001f9b5\n"
    end = len(shown.encode("utf-16-le")) // 2
    assert mark(attempt, 0, end)
    with pytest.raises(HighlightRefused):
        mark(attempt, 0, end + 20)


def test_a_chart_takes_a_limited_number_of_marks(books, learner, monkeypatch):
    monkeypatch.setattr(cases, "MOST_HIGHLIGHTS", 2)
    attempt = begin(learner, case("one"))
    mark(attempt, 0, 2)
    mark(attempt, 4, 6)
    with pytest.raises(HighlightRefused, match="at most 2"):
        mark(attempt, 8, 10)
