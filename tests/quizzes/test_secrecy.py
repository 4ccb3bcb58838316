"""No key, reason, rationale or credit leaves the server before its release: every payload is searched."""

import json
import re
from dataclasses import asdict

from django.urls import reverse

from quizzes import exam_lists, reports, selectors
from quizzes.services.attempts import close_overdue, hand_in, reveal
from quizzes.services.starting import start_attempt
from tests.quizzes.school import (
    SECRETS,
    audit,
    claim_key,
    cm,
    coded_case,
    make_exam,
    move,
    save,
    sequencing,
)

# Words that only grading data carries; none of them is in a stem, an option or a student's answer.
FIELDS = (
    "why",
    "key",
    "rationale",
    "accept",
    "credit",
    "correct",
    "verdicts",
    "score",
    "passed",
    "references",
    "scores",
    "alternative",
    "support",
    "not_coded",
    "misconception",
)


def _everything_sent(client, attempt) -> list[str]:
    """What the sitting's page is built from and all that the API answers, conflicts and errors included."""
    base = f"/api/v1/attempts/{attempt.pk}/"

    def put(position, answer, revision):
        body = {"revision": revision, "answer": answer, "flagged": False, "struck": [], "note": ""}
        return client.put(f"{base}responses/{position}/", body, content_type="application/json")

    answers = [
        client.post(f"/api/v1/exams/{attempt.exam.slug}/attempts/"),
        client.get(base),
        client.get(f"{base}clock/"),
        put(1, {"choice": "a"}, 1),
        put(1, {"choice": "c"}, 1),
        put(1, {"choice": "d"}, 2),
        put(1, {"choice": "d"}, 1),
        put(1, {"choice": "z"}, 3),
        put(3, {"choices": ["a"]}, 1),
        put(4, cm("E11.21"), 1),
        client.get(base),
    ]
    assert {answer.status_code for answer in answers} == {200, 201, 400, 409}
    sitting = json.dumps(asdict(selectors.sitting(attempt)), default=str)
    overview = json.dumps([asdict(row) for row in exam_lists.exam_overview(attempt.user)], default=str)
    return [sitting, overview, *(answer.content.decode() for answer in answers)]


def _leaks(sent: list[str], fields=FIELDS) -> list[str]:
    found = [secret for text in sent for secret in SECRETS if secret in text]
    return found + [name for text in sent for name in fields if re.search(rf'"{name}":', text)]


def test_an_open_mock_exam_gives_nothing_away(client, sitting):
    client.force_login(sitting.user)
    sent = _everything_sent(client, sitting)
    # best_score and pass_mark are of the list of exams, where nothing is graded yet
    assert _leaks(sent) == []
    assert '"best_score": null' in sent[1]


def test_the_search_finds_what_it_looks_for(drill):
    """The same search over a released item: it must find every secret, or the test above proves nothing."""
    save(drill, 4, cm("E11.21"))
    reveal(attempt_id=drill.pk, position=4, by=drill.user)
    shown = json.dumps(asdict(reports.revealed(drill)[4]), default=str)
    assert set(_leaks([shown])) == {"RATIONALETEXT", "ACCEPTTEXT", *FIELDS} - {
        "correct",
        "score",
        "passed",
        "support",
        "not_coded",
        "misconception",
    }


def test_a_save_and_its_late_answer_tell_no_verdict_after_closing(client, sitting):
    client.force_login(sitting.user)
    move(sitting, minutes=13)
    close_overdue()
    base = f"/api/v1/attempts/{sitting.pk}/"
    body = {"revision": 1, "answer": {"choice": "b"}}
    late = client.put(f"{base}responses/1/", body, content_type="application/json")
    assert late.status_code == 410
    assert _leaks([late.content.decode()]) == []
    hand_in(attempt_id=sitting.pk, by=sitting.user)
    sent = [client.get(path).content.decode() for path in (base, f"{base}clock/")]
    sent.append(client.post(f"{base}submit/").content.decode())
    assert _leaks(sent) == []


def test_practice_hides_the_items_that_were_not_revealed(client, drill):
    save(drill, 1, {"choice": "c"})
    reveal(attempt_id=drill.pk, position=1, by=drill.user)
    client.force_login(drill.user)
    sent = json.dumps(asdict(selectors.sitting(drill)), default=str)
    assert _leaks([sent]) == []
    assert [item.revealed_at is not None for item in selectors.sitting(drill).items] == [
        True,
        False,
        False,
        False,
    ]
    assert set(reports.revealed(drill)) == {1}


def test_logs_hold_no_answer(caplog, sitting):
    with caplog.at_level("DEBUG"):
        save(sitting, 4, cm("H65.02"), note="a private thought")
        hand_in(attempt_id=sitting.pk, by=sitting.user)
    own = [record.getMessage() for record in caplog.records if record.name.startswith("quizzes")]
    assert not [line for line in own if "H65" in line or "private" in line or "RATIONALE" in line]


def _claims() -> list:
    """A case with a query, an audit and an order; their secrets stand in every place that a key has."""
    queries = [
        {"id": one, "text": f"Query {one}?", "why": f"WHYTEXT query {one}", "misconception": "WHYTEXT guess"}
        for one in "ab"
    ]
    record = {"why": "WHYTEXT record", "diagnoses": [{"code": "I10"}], "procedures": []}
    key = claim_key(query="b", alternatives=[record], before=[["dx:1", "dx:2"]])
    return [coded_case("case", options=queries, key=key), audit("audited"), sequencing("ordered")]


ANSWERS = [
    {"claim": {"diagnoses": [{"code": "H65.02", "role": "first_listed"}], "procedures": []}, "query": "a"},
    {"claim": {"diagnoses": [{"code": "H65.01", "role": "first_listed"}], "procedures": []}},
    {"order": ["a", "b", "c"]},
]


def _sent_of_claims(client, attempt) -> list[str]:
    base = f"/api/v1/attempts/{attempt.pk}/"
    sent = [json.dumps(asdict(selectors.sitting(attempt)), default=str)]
    for position, answer in enumerate(ANSWERS, start=1):
        body = {"revision": 1, "answer": answer, "flagged": False, "struck": [], "note": ""}
        saved = client.put(f"{base}responses/{position}/", body, content_type="application/json")
        assert saved.status_code == 200
        page = client.get(f"{reverse('quizzes:attempt', args=[attempt.pk])}?item={position}")
        assert page.status_code == 200
        sent += [saved.content.decode(), page.content.decode()]
    return [*sent, client.get(base).content.decode()]


def test_an_open_mock_exam_with_claims_gives_nothing_away(client, books, learner):
    attempt = start_attempt(exam=make_exam("claims", _claims(), minutes=9), by=learner)
    client.force_login(learner)
    assert _leaks(_sent_of_claims(client, attempt)) == []


def test_practice_with_claims_gives_nothing_away_before_its_key_is_shown(client, books, learner):
    attempt = start_attempt(exam=make_exam("claims", _claims()), by=learner)
    client.force_login(learner)
    assert _leaks(_sent_of_claims(client, attempt)) == []


def test_the_search_finds_every_secret_of_a_claim_that_is_released(client, books, learner):
    attempt = start_attempt(exam=make_exam("claims", _claims()), by=learner)
    save(attempt, 1, ANSWERS[0])
    reveal(attempt_id=attempt.pk, position=1, by=learner)
    shown = json.dumps(asdict(reports.revealed(attempt)[1]), default=str)
    found = set(_leaks([shown]))
    assert found == {*SECRETS, *FIELDS} - {"correct", "score", "passed"}
    client.force_login(learner)
    page = client.get(f"{reverse('quizzes:attempt', args=[attempt.pk])}?item=1").content.decode()
    assert {secret for secret in SECRETS if secret in page} == set(SECRETS)
