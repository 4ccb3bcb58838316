"""What lies behind the answers that were not right."""

from dataclasses import replace

from quizzes import reports
from quizzes.mistakes import find_mistakes
from quizzes.services.attempts import hand_in
from quizzes.services.starting import start_attempt
from tests.quizzes.school import cm, code_entry, coded_case, make_exam, multiple_response, save, single_best

CLAIM = {"diagnoses": [{"code": "H65.02", "role": "first_listed"}, {"code": "I10", "role": "secondary"}]}


def _telling(spec):
    options = [{**one, "misconception": "reads the header as a code"} for one in spec.content.options]
    return replace(spec, content=replace(spec.content, options=options))


def _mistakes(learner, specs, answers):
    attempt = start_attempt(exam=make_exam("form", specs, minutes=9), by=learner)
    for position, answer in answers.items():
        save(attempt, position, answer)
    attempt.responses.filter(position=len(specs)).update(scored=False)
    graded = hand_in(attempt_id=attempt.pk, by=learner)
    return find_mistakes(reports.report(graded).items)


def test_kinds_misconceptions_and_rules_each_with_their_items(books, learner):
    told = [_telling(single_best(slug)) for slug in ("told", "again")]
    specs = [*told, multiple_response("many"), code_entry("code"), coded_case("case")]
    specs += [single_best("none"), single_best("right"), single_best("tried")]
    found = _mistakes(
        learner,
        specs,
        {
            1: {"choice": "a"},
            2: {"choice": "c"},
            3: {"choices": ["a", "c"]},
            4: cm("E11.21"),
            5: {"claim": {**CLAIM, "procedures": []}},
            7: {"choice": "b"},
            8: {"choice": "a"},
        },
    )
    kinds = {one.name: one.positions for one in found.kinds}
    assert found.wrong == 6
    assert kinds["other choice"] == [1, 2, 3]
    assert kinds["no answer"] == [6]
    assert kinds["right category"] == [4]
    assert kinds["laterality"] == kinds["not supported"] == kinds["missing"] == [5]
    assert found.kinds[0].name == "other choice"
    assert [(one.name, one.positions) for one in found.misconceptions] == [
        ("reads the header as a code", [1, 2])
    ]
    assert all(one.positions == [5] for one in found.findings)


def test_nothing_wrong_nothing_found(books, learner):
    found = _mistakes(learner, [single_best("one"), single_best("tried")], {1: {"choice": "b"}})
    assert (found.wrong, found.kinds, found.misconceptions, found.findings) == (0, [], [], [])
