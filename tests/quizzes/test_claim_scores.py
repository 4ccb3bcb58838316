"""Each score says the numbers behind it."""

from quizzes.claim_lines import AuditCounts
from quizzes.claim_scores import averaged, explain_scores

SCORES = {"code": 0.5, "coder_to_key": 2 / 3, "record": 0.0, "weighted": 0.4}


def line(key, credit, verdict="correct", severity="information"):
    return {"key": key, "credit": credit, "verdicts": [verdict], "severity": severity}


LINES = [
    line("dx:1", 1.0),
    line("dx:2", 1.0),
    line("dx:3", 0.0, "missing", "critical"),
    line("dx:4", 0.0, "optional_ignored"),
    line(None, 0.0, "extra", "warning"),
]


def told(scores):
    return [(score.name, score.shown, score.why) for score in scores]


def test_the_scores_of_a_claim_count_its_own_lines():
    assert told(explain_scores(SCORES, LINES, None, 3.0)) == [
        ("Credit", "50%", "Your lines earned 2 of 4; missing and extra lines count too."),
        ("Coder to key", "67%", "2 of 3 lines of the key are fully right; extra lines are not looked at."),
        ("Record", "Not right", "All or nothing: 2 of 4 lines are not fully right."),
        ("Weighted", "40%", "As the credit, with critical lines counted 3 times; 1 of them went wrong."),
    ]


def test_a_whole_record_that_is_right_says_so():
    scores = explain_scores(dict.fromkeys(SCORES, 1.0), LINES[:2], None, 2.0)
    assert told(scores)[2] == ("Record", "Right", "All or nothing: every line is right.")
    assert told(scores)[3][2].endswith("counted 2 times; none of them went wrong.")


def test_the_scores_of_an_audit_count_its_errors():
    scores = explain_scores(SCORES, LINES, AuditCounts(found=2, mended=1, missed=1, broken=1), 3.0)
    assert [score.why for score in scores][:2] == [
        "1 of 3 errors fully mended, 1 new put in.",
        "1 of 3 errors fully mended.",
    ]


def test_scores_over_the_claims_of_a_report():
    assert averaged({}, 0) == []
    assert told(averaged({"code": 0.75, "coder_to_key": 0.8, "record": 0.5, "weighted": 0.6}, 2)) == [
        ("Credit", "75%", "Credit of all lines, missing and extra ones too, over 2 claims."),
        ("Coder to key", "80%", "Lines of the key fully right, over 2 claims."),
        ("Records", "1 of 2", "Claims with every line right."),
        ("Weighted", "60%", "Critical lines counted several times, over 2 claims."),
    ]


def test_what_the_lines_earned_is_told_of_what_the_credit_was_divided_by():
    """An extra line near the key weighs 0.75: the credit is 2 of 3.75."""
    scores = explain_scores({**SCORES, "code": 2 / 3.75}, LINES, None, 3.0)
    assert scores[0].why.startswith("Your lines earned 2 of 3.75;")
