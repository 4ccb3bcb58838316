"""Grading again with a changed key: who would move, what is kept, and what stands in the way."""

from dataclasses import replace
from decimal import Decimal

import pytest

from accounts.models import AuditEntry
from quizzes.errors import RegradeRefused
from quizzes.kinds import KINDS
from quizzes.models import Attempt, Grade, GradingRun, Item, ItemVersion
from quizzes.services.attempts import hand_in, reveal
from quizzes.services.items import FROZEN, save_item
from quizzes.services.regrades import apply_run, preview_run
from quizzes.services.starting import start_attempt
from tests.quizzes.school import FACE, claim_key, cm, code_entry, coded_case, make_exam, save, single_best


@pytest.fixture
def exam(books):
    return make_exam("form", [single_best("one"), single_best("two"), code_entry("three")], minutes=9)


def _sat(exam, person, *answers) -> Attempt:
    attempt = start_attempt(exam=exam, by=person)
    for position, answer in enumerate(answers, start=1):
        save(attempt, position, answer)
    return hand_in(attempt_id=attempt.pk, by=person)


def _item(slug: str) -> Item:
    return Item.objects.select_related("current").get(slug=slug)


def test_a_preview_says_who_would_move_and_by_how_much_and_changes_nothing(
    exam, learner, outsider, instructor
):
    wrong = _sat(exam, learner, {"choice": "c"}, {"choice": "b"}, cm("E11.22"))
    right = _sat(exam, outsider, {"choice": "b"}, {"choice": "b"}, None)
    save_item(spec=single_best("one", key="c"), by=instructor)
    run = preview_run(item=_item("one"), reason="The key was wrong.", by=instructor)
    assert run.responses == 2
    moves = {move["attempt"]: move for move in run.moves}
    assert moves[str(wrong.pk)] == {
        "response": wrong.responses.get(position=1).pk,
        "attempt": str(wrong.pk),
        "user": learner.pk,
        "before": "0.0000",
        "after": "1.0000",
        "score_before": "66.67",
        "score_after": "100.00",
        "passed_before": False,
        "passed_after": True,
    }
    assert (moves[str(right.pk)]["score_before"], moves[str(right.pk)]["score_after"]) == ("66.67", "33.33")
    assert Grade.objects.count() == 6
    assert set(Attempt.objects.values_list("score", flat=True)) == {Decimal("66.67")}


def test_an_item_that_is_only_tried_out_moves_no_score(exam, learner, instructor):
    attempt = start_attempt(exam=exam, by=learner)
    attempt.responses.filter(position=1).update(scored=False)
    for position, answer in enumerate([{"choice": "c"}, {"choice": "b"}, cm("E11.21")], start=1):
        save(attempt, position, answer)
    hand_in(attempt_id=attempt.pk, by=learner)
    save_item(spec=single_best("one", key="c"), by=instructor)
    (move,) = preview_run(item=_item("one"), reason="The key was wrong.", by=instructor).moves
    assert (move["before"], move["after"]) == ("0.0000", "1.0000")
    assert (move["score_before"], move["score_after"]) == ("50.00", "50.00")


def test_applying_adds_grades_with_their_run_moves_the_scores_and_is_audited(exam, learner, instructor):
    attempt = _sat(exam, learner, {"choice": "c"}, {"choice": "b"}, cm("E11.22"))
    save_item(spec=single_best("one", key="c"), by=instructor)
    run = preview_run(item=_item("one"), reason="The key was wrong.", by=instructor)
    apply_run(run_id=run.pk, by=instructor)
    attempt.refresh_from_db()
    assert (attempt.score, attempt.passed) == (Decimal("100.00"), True)
    grades = Grade.objects.filter(response__attempt=attempt, response__position=1)
    assert list(grades.values_list("credit", "run", "item_version__number")) == [(0, None, 1), (1, run.pk, 2)]
    entry = AuditEntry.objects.get(action="quizzes.item.regraded")
    assert (entry.actor_id, entry.reason) == (instructor.pk, "The key was wrong.")
    with pytest.raises(RegradeRefused, match="applied already"):
        apply_run(run_id=run.pk, by=instructor)
    with pytest.raises(RegradeRefused, match="graded with another key"):
        preview_run(item=_item("one"), reason="Again.", by=instructor)


def test_what_was_graded_since_the_preview_has_to_be_looked_at_again(exam, learner, outsider, instructor):
    _sat(exam, learner, {"choice": "c"}, None, None)
    save_item(spec=single_best("one", key="c"), by=instructor)
    waiting = Attempt.objects.get()
    late = start_attempt(exam=exam, by=outsider)  # seated with the new version: graded with it already
    run = preview_run(item=_item("one"), reason="The key was wrong.", by=instructor)
    save(late, 1, {"choice": "c"})
    hand_in(attempt_id=late.pk, by=outsider)
    apply_run(run_id=run.pk, by=instructor)
    waiting.refresh_from_db()
    assert waiting.score == Decimal("33.33")

    save_item(spec=single_best("one", key="d"), by=instructor)
    stale = preview_run(item=_item("one"), reason="No, this.", by=instructor)
    save_item(spec=single_best("one", key="a"), by=instructor)
    with pytest.raises(RegradeRefused, match="Look at it again"):
        apply_run(run_id=stale.pk, by=instructor)
    assert Grade.objects.filter(run=stale).count() == 0


def test_answers_to_other_options_are_left_as_they_are(exam, learner, instructor):
    _sat(exam, learner, {"choice": "c"}, None, None)
    spec = single_best("one", key="c")
    options = [{**option, "text": f"Another {option['id']}"} for option in spec.content.options]
    save_item(spec=replace(spec, content=replace(spec.content, options=options)), by=instructor)
    with pytest.raises(RegradeRefused, match="graded with another key"):
        preview_run(item=_item("one"), reason="The key was wrong.", by=instructor)


@pytest.mark.parametrize(
    "change",
    [
        {"chart": [{"kind": "visit_note", "title": "Note", "text": "Left ear. Diabetic kidney disease."}]},
        {"given": {**FACE, "age": 30}},
    ],
)
def test_an_answer_to_another_record_is_left_as_it_is(books, learner, instructor, change):
    exam = make_exam("charts", [coded_case("case")])
    case = coded_case("case")
    answer = KINDS["coded_case"].key_answer(case.content)
    _sat(exam, learner, answer)
    content = replace(case.content, **change, key=claim_key(not_coded=[]))
    Item.objects.filter(slug="case").update(current=_version(content))
    with pytest.raises(RegradeRefused, match="graded with another key"):
        preview_run(item=_item("case"), reason="The key was wrong.", by=instructor)


def _version(content) -> ItemVersion:
    fields = {name: getattr(content, name) for name in FROZEN}
    return ItemVersion.objects.create(item=_item("case"), number=2, **fields)


def test_an_answer_checked_in_open_practice_is_graded_again_without_a_score(books, learner, instructor):
    quiz = make_exam("quiz", [single_best("solo")])
    attempt = start_attempt(exam=quiz, by=learner)
    save(attempt, 1, {"choice": "c"})
    reveal(attempt_id=attempt.pk, position=1, by=learner)
    save_item(spec=single_best("solo", key="c"), by=instructor)
    run = preview_run(item=_item("solo"), reason="The key was wrong.", by=instructor)
    assert [(move["after"], move["score_after"]) for move in run.moves] == [("1.0000", None)]
    apply_run(run_id=run.pk, by=instructor)
    assert hand_in(attempt_id=attempt.pk, by=learner).score == 100


def test_runs_that_move_nobody_are_said_so(exam, learner, instructor):
    _sat(exam, learner, None, None, cm("E11.22"))
    save_item(spec=code_entry("three", accept=[]), by=instructor)
    run = preview_run(item=_item("three"), reason="An alternative was dropped.", by=instructor)
    assert (run.responses, run.moves) == (1, [])
    assert GradingRun.objects.get().applied_at is None
