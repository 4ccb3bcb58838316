"""What became of each line of an audited claim, from the grade of what was coded and of what was left."""

from collections import Counter

from quizzes.claim_lines import AuditCounts, audit_outcomes, count_outcomes


def claim(*codes: str) -> dict:
    return {"diagnoses": [{"code": code} for code in codes], "procedures": []}


def line(answer, key, credit=0.0, verdicts=("missing",)):
    return {"answer": answer, "key": key, "credit": credit, "verdicts": list(verdicts)}


def right(answer, key):
    return line(answer, key, 1.0, ["correct"])


def outcomes(judged, lines, coded, left):
    return [tuple(one) for one in audit_outcomes(judged, lines, claim(*coded), claim(*left))]


def test_errors_are_mended_missed_or_changed_without_being_mended():
    judged = [line("dx:1", "dx:1"), line("dx:2", "dx:2"), line("dx:3", "dx:3"), right("dx:4", "dx:4")]
    lines = [right("dx:1", "dx:1"), line("dx:2", "dx:2"), line("dx:3", "dx:3"), right("dx:4", "dx:4")]
    assert outcomes(judged, lines, ["A00", "B00", "C00", "D00"], ["A01", "B00", "C02", "D00"]) == [
        ("dx:1", "dx:1", "dx:1", "mended"),
        ("dx:2", "dx:2", "dx:2", "missed"),
        ("dx:3", "dx:3", "dx:3", "half"),
        ("dx:4", "dx:4", "dx:4", "kept"),
    ]


def test_a_right_line_may_be_broken_and_a_missing_one_put_in_or_left_missing():
    judged = [right("dx:1", "dx:1"), line(None, "dx:2"), line(None, "dx:3")]
    lines = [line(None, "dx:1"), right("dx:1", "dx:2"), line(None, "dx:3")]
    assert outcomes(judged, lines, ["A00"], ["B00"]) == [
        ("dx:1", "", "dx:1", "broken"),
        ("", "dx:1", "dx:2", "mended"),
        ("", "", "dx:3", "missed"),
    ]


def test_extra_lines_are_taken_out_left_in_or_added():
    judged = [line("dx:1", None), line("dx:2", None)]
    lines = [line("dx:1", None), line("dx:2", None)]
    assert outcomes(judged, lines, ["A00", "B00"], ["B0.0", "C00"]) == [
        ("dx:1", "", "", "mended"),
        ("dx:2", "dx:1", "", "missed"),
        ("", "dx:2", "", "added"),
    ]


def test_lines_stand_in_the_order_of_the_key_and_an_optional_one_is_no_error():
    judged = [right(f"dx:{n}", f"dx:{n}") for n in (10, 2)]
    optional = line("dx:3", "dx:3", 0.0, ["optional_ignored"])
    codes = [f"A{n:02}" for n in range(10)]
    found = outcomes(judged, [*judged, optional], codes, codes)
    assert [one[2] for one in found] == ["dx:2", "dx:10"]
    assert Counter(one[3] for one in found) == {"kept": 2}


def test_a_query_is_mended_missed_or_sent_without_need():
    wanted = line(None, "query")
    assert outcomes([wanted], [right("query", "query")], [], []) == [("", "query", "query", "mended")]
    wrong = line("query", "query", 0.0, ["wrong_option"])
    assert outcomes([wanted], [wrong], [], []) == [("", "query", "query", "half")]
    assert outcomes([wanted], [wanted], [], []) == [("", "", "query", "missed")]
    assert outcomes([], [line("query", None, 0.0, ["extra"])], [], []) == [("", "query", "", "added")]


def test_counts_of_an_audit():
    judged = [line("dx:1", "dx:1"), line("dx:2", "dx:2"), right("dx:3", "dx:3"), line("dx:4", None)]
    lines = [right("dx:1", "dx:1"), line("dx:2", "dx:2"), line("dx:3", "dx:3"), line("dx:4", None)]
    coded, left = claim("A00", "B00", "C00", "D00"), claim("A01", "B01", "C01", "E00")
    counts = count_outcomes(audit_outcomes(judged, lines, coded, left))
    assert counts == AuditCounts(found=3, mended=2, missed=0, broken=2)
    assert counts.errors == 3
