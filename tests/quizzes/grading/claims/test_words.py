"""What a report says of each line: advice that leads with what matters, and official words that decide."""

import pytest

from codesets.rules.values import Setting, SourceKind
from quizzes.grading.values import PRACTICE, Line
from tests.quizzes.grading.claims.official_books import all_books
from tests.quizzes.grading.claims.written import facts, grade, not_coded, record

STAY, CLINIC = Setting.INPATIENT, Setting.OUTPATIENT


def explained(written: str, setting: str = Setting.PROFESSIONAL) -> dict:
    """A key whose lines say why they are right: "Why E11.22."."""
    key = record(written, setting)
    for line in (*key["diagnoses"], *key["procedures"]):
        line["why"] = f"Why {line['code']}."
    return key


def said(key, answer: str, name: str, setting: str = Setting.PROFESSIONAL, **more) -> Line:
    """Of the answered line, or of the key's that is missing."""
    told = grade(key, answer, setting, **more).lines
    return next(line for line in told if (line.answer or line.key) == name)


def test_a_code_beside_the_one_that_reports_the_same_names_it():
    line = said("I10, E78.5~E78.2", "I10, E78.5, E78.2", "dx:3")
    assert line.why == "E78.5 already reports this: take E78.2 off."
    assert line.source.owner == "I.B.12"
    assert said("I10, E78.5~E78.2", "I10, E78.2, E78.5", "dx:2").why == line.why


def test_a_line_too_often_says_how_many_there_are():
    twice = said("I10, Z79.4", "I10, Z79.4, I10", "dx:3")
    assert twice.why == "I10 stands here twice: report it once."
    key, answer = "I10 / J3301-JZ*4, J3301-JW*1", "I10 / J3301-JZ*4, J3301-JW*1, J3301*4"
    third = said(key, answer, "px:3")
    assert third.why == "J3301 stands here 3 times: the record bears 2 lines of it."
    assert (third.quote, third.source) == ("", None)


def test_a_line_of_another_role_is_told_its_own():
    admitting = said("J18.9, R06.02 admitting", "J18.9, R06.02 poa=Y", "dx:2", STAY)
    assert admitting.why == "R06.02 is the admitting diagnosis: report it as such."
    other = said("J18.9, R06.02", "J18.9, R06.02 admitting", "dx:2", STAY)
    assert other.why == "R06.02 is a secondary diagnosis, not the admitting one."
    principal = said("J18.9, I10", "J18.9 admitting, I10", "dx:1", STAY)
    assert principal.why.startswith("J18.9 is the principal diagnosis, not the admitting one.")
    assert principal.severity == "critical"


def test_what_is_wrong_beside_a_code_is_told_with_why_the_keys_line_is_right():
    key = explained("M17.11, I10 / J3301-JZ*4:1")
    told = said(key, "M17.11, I10 / J3301-LT*3:2", "px:1")
    assert told.why == (
        "J3301 takes modifier JZ in the place of LT. Report 4 units of J3301, not 3. "
        "Point J3301 to the diagnosis it was done for: M17.11. Why J3301."
    )


def test_a_second_line_of_a_code_that_is_missing_is_called_so():
    key = explained("I10 / J3301*80, J3301-JW*20")
    line = said(key, "I10 / J3301*80", "px:2")
    assert line.why == "Report a second line, J3301-JW, 20 units. Why J3301."
    only = said(explained("I10 / J3301-JW*20"), "I10", "px:1")
    assert only.why.startswith("Report J3301 (")


def test_what_comes_off_is_not_quoted_by_its_own_title():
    line = said("I10, Z79.4", "I10, Z79.4, J90", "dx:3")
    assert line.why == (
        "Take J90 (Pleural effusion, not elsewhere classified) off: the record gives no ground to report it."
    )
    assert (line.quote, line.source) == ("", None)
    rows = not_coded("N17.9 unsupported", "hcpcs J2405 unbundled")
    for name in ("dx:2", "px:1"):
        line = said("I10", "I10, N17.9 / J2405", name, not_coded=rows)
        assert (line.quote, line.source) == ("", None)
    assert line.why == "J2405 is not to be coded here."


def test_an_excludes2_note_decides_nothing():
    both = grade("C34.90, D63.0", "C34.90, D63.0, D64.81")
    assert "excludes2" in {one.kind for one in both.findings if one.quote}
    assert both.lines[2].quote == ""


def test_the_first_listed_diagnosis_is_chosen_by_the_reason_for_the_visit():
    swapped = grade("E11.22, I10", "I10, E11.22", CLINIC)
    assert {line.source.owner for line in swapped.lines} == {"IV.G"}
    assert swapped.lines[1].quote.startswith("List first the ICD-10-CM code for the diagnosis, condition,")
    marked = said("E11.22, I10", "E11.22, I10 role=first_listed", "dx:2", CLINIC)
    assert marked.why == "One diagnosis alone is first-listed: list I10 as secondary."
    assert grade("A41.51, N39.0", "N39.0, A41.51", STAY).lines[0].source.owner == "II"


@pytest.mark.parametrize(("setting", "owner"), [(CLINIC, ""), (STAY, "Appendix I")])
def test_the_guidelines_of_poa_decide_queries_of_inpatients_alone(setting, owner):
    for sent in (None, "a", "b"):
        line = grade("R07.9", "R07.9", setting, query="b", sent=sent).lines[-1]
        assert (line.source.owner if line.source else "") == owner


def test_an_uncertain_diagnosis_of_an_inpatient_quotes_nothing():
    rows = not_coded("I21.4 uncertain_dx")
    assert said("R07.9", "R07.9, I21.4", "dx:2", STAY, not_coded=rows).quote == ""
    assert said("R07.9", "R07.9, I21.4", "dx:2", CLINIC, not_coded=rows).source.owner == "IV.H"


def test_what_the_author_says_of_a_code_leads_where_it_stands_for_a_line():
    rows = not_coded("E11.9 combination")
    line = said(explained("I10, E11.22"), "I10, E11.9", "dx:2", not_coded=rows)
    assert line.verdicts == ("combination", "same_category")
    assert line.why.startswith("E11.9 is not to be coded here. E11.9 is “Type 2 diabetes mellitus without")
    assert line.why.endswith("Why E11.22.")
    assert line.source.kind == SourceKind.CODE


def test_what_no_loaded_book_can_confirm_is_said_last():
    key = explained("I10 / 99214-25")
    key["procedures"][0]["element"] = "two stable chronic illnesses"
    line = said(key, "I10 / 99213", "px:1", policy=PRACTICE)
    assert line.why.endswith(
        "What decides: two stable chronic illnesses. Add modifier 25 to 99214. Why 99214. "
        "No release is loaded that could confirm 99213."
    )
    assert line.severity == "critical"


def test_no_code_is_named_twice_for_one_reason():
    line = said("I10, W11.XXXD", "I10, W11.D", "dx:2", known=all_books())
    assert line.why.count("W11.XXXD") == 1
    operation = said("K35.80 / 10D07Z6", "K35.80 / 10E0XZZ", "px:1", STAY, known=all_books())
    assert operation.why == (
        "10E0XZZ has another Root Operation (E, Delivery; the record supports D, Extraction) and another "
        "Qualifier (Z; the record supports 6, Vacuum): report 10D07Z6."
    )


def test_units_beside_another_code_are_those_of_the_keys():
    line = said("I10 / 99214*1", "I10 / 99213*2", "px:1", known=facts(visits=True))
    assert line.verdicts == ("em_level", "units")
    assert "Report 1 unit of 99214, not 2." in line.why
