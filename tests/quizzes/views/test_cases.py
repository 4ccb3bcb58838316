import json
from dataclasses import replace

import pytest
from django.urls import reverse

from quizzes import selectors
from quizzes.errors import AttemptNotFound
from quizzes.models import Attempt, ExamItem, Response
from quizzes.services.starting import start_attempt
from tests.quizzes import school
from tests.quizzes.services.test_cases import case
from tests.quizzes.views.pages import assert_no_secret, get, post, signed_in

QUERIES = [
    {"id": "a", "text": "Is the CKD diabetic?", "why": "WHYTEXT leading"},
    {"id": "b", "text": "Please clarify the cause of the CKD.", "why": "WHYTEXT open"},
]


@pytest.fixture
def client(learner):
    return signed_in(learner)


def changed(spec, **fields):
    return replace(spec, content=replace(spec.content, **fields))


def begin(learner, *specs, **served) -> Attempt:
    exam = school.make_exam("cases", list(specs))
    for slug, form in served.items():
        ExamItem.objects.filter(item__slug=slug).update(served=form)
    return start_attempt(exam=exam, by=learner)


def at(attempt: Attempt, position: int = 1) -> str:
    return f"{reverse('quizzes:attempt', args=[attempt.pk])}?item={position}"


def codes(page, part: str = "dx") -> list[str]:
    return [box.get("value") for box in page.all("[data-cell=code]") if box.get("name").startswith(part)]


def hand_in(client, attempt, position=1, **rows):
    page = get(client, at(attempt, position))
    return post(client, page.action("form#answer"), {**page.form("form#answer"), "sure": "3", **rows})


INPATIENT = {"setting": "inpatient", "service_from": "2026-05-08", "discharged_on": "2026-05-12", "age": 62}


def test_the_page_has_the_chart_the_face_sheet_and_empty_rows(client, learner, books):
    page = get(client, at(begin(learner, case("one"))))
    assert page.text(".face") == "Setting Professional Date of service Tue 12 May 2026 Sex Female Age 62"
    assert page.texts(".doc") == [
        "ED note Emergency department note. Invented record. Diabetes with kidney disease today.",
        "Labs Laboratory results. Invented record. Creatinine 1.9.",
    ]
    assert codes(page) == ["", "", ""]
    assert page.texts("[data-part=dx] thead th") == ["Line", "Code", "Title", "Remove"]
    assert page.texts("[data-part=px] thead th") == [
        *("Line", "Code", "Title", "Modifiers", "Units", "Pointers", "Remove")
    ]
    assert_no_secret(page)
    assert "E11.22" not in page.raw


def test_an_inpatient_claim_has_role_and_poa_and_no_charges(client, learner, books):
    page = get(client, at(begin(learner, changed(case("one"), given=INPATIENT))))
    assert page.texts("[data-part=dx] thead th") == ["Line", "Code", "Title", "Role", "POA", "Remove"]
    assert page.texts("[data-part=px] thead th") == ["Line", "Code", "Title", "Remove"]
    form = page.form("form#answer")
    assert (form["dx-1-role"], form["dx-2-role"], form["px-1-system"]) == (
        "principal",
        "secondary",
        "icd10pcs",
    )
    assert "Admitted Fri 8 May 2026 Discharged Tue 12 May 2026" in page.text(".face")


def test_a_claim_is_handed_in_without_script(client, learner, books):
    attempt = begin(learner, changed(case("one"), options=QUERIES))
    hand_in(
        client,
        attempt,
        **{
            "dx-1-code": "e1122",
            "dx-3-code": "i10",
            "query": "b",
            "px-1-code": "j1885",
            "px-1-modifiers": "lt 59",
            "px-1-units": "2",
            "px-1-pointers": "3 1",
        },
    )
    response = Response.objects.get()
    assert response.answer == {
        "claim": {
            "diagnoses": [
                {"code": "E11.22", "role": "first_listed", "poa": ""},
                {"code": "I10", "role": "secondary", "poa": ""},
            ],
            "procedures": [
                {
                    "system": "hcpcs",
                    "code": "J1885",
                    "modifiers": ["LT", "59"],
                    "units": 2,
                    "pointers": [2, 1],
                }
            ],
        },
        "query": "b",
    }
    assert (response.sure, response.revision, response.revealed_at is not None) == (3, 1, True)


def test_a_claim_that_cannot_be_read_comes_back_as_it_was_written(client, learner, books):
    attempt = begin(learner, changed(case("one"), options=QUERIES))
    page = hand_in(
        client,
        attempt,
        **{"dx-1-code": "E11.22", "px-1-code": "J1885", "px-1-modifiers": "LEFT", "query": "a"},
    )
    assert page.texts("#answer-error") == ["The answer could not be read: a modifier has two characters."]
    form = page.form("form#answer")
    assert (form["dx-1-code"], form["px-1-modifiers"], form["query"]) == ("E11.22", "LEFT", "a")
    assert Response.objects.get().revealed_at is None


def test_what_was_saved_stands_in_the_rows_with_its_titles(client, learner, books):
    attempt = begin(learner, case("one"))
    line = {"code": "E11.22", "role": "first_listed", "poa": ""}
    school.save(attempt, 1, {"claim": {"diagnoses": [line]}})
    page = get(client, at(attempt))
    assert codes(page) == ["E11.22", "", "", ""]
    assert page.text("[data-title]") == "Type 2 diabetes mellitus with diabetic chronic kidney disease"
    assert page.form("form#answer")["revision"] == "2"


def test_a_claim_that_was_emptied_stays_empty(client, learner, books):
    attempt = begin(learner, half_key("half"), half="half")
    school.save(attempt, 1, None)
    assert codes(get(client, at(attempt))) == ["", "", ""]


def half_key(slug):
    lines = [
        {
            "code": "E11.22",
            "role": "first_listed",
            "given": True,
            "support": "kidney disease",
            "why": "WHYTEXT a",
        },
        {"code": "I10", "role": "secondary", "support": "Creatinine 1.9", "why": "WHYTEXT b"},
    ]
    return changed(case(slug), key={"diagnoses": lines})


def test_half_filled_shows_the_given_lines_and_no_other_of_the_key(client, learner, books):
    page = get(client, at(begin(learner, half_key("half"), half="half")))
    assert codes(page) == ["E11.22", "", "", ""]
    assert page.texts("[data-given]") == [
        "1 CM given Type 2 diabetes mellitus with diabetic chronic kidney disease"
    ]
    assert "I10" not in page.raw
    assert_no_secret(page)


def test_a_worked_example_shows_the_key_beside_its_words_and_asks_nothing(client, learner, books):
    attempt = begin(learner, half_key("shown"), case("next"), shown="worked")
    page = get(client, at(attempt))
    assert page.texts(".al") == [
        "1 E11.22 Type 2 diabetes mellitus with diabetic chronic kidney disease first-listed "
        "WHYTEXT a In the chart: kidney disease",
        "2 I10 Essential (primary) hypertension WHYTEXT b In the chart: Creatinine 1.9",
    ]
    assert page.text(".rationale").startswith("RATIONALETEXT shown")
    assert page.texts(".doc-text mark") == [
        "kidney disease 1 , line 1 of the diagnoses",
        "Creatinine 1.9 2 , line 2 of the diagnoses",
    ]
    assert page.all(".score") == page.all("[data-verdict]") == []
    assert page.all("form#answer") == []
    assert "0 of 1 checked" in page.text(".sub")


def test_what_was_handed_in_is_shown_beside_the_chart_in_the_same_layout(client, learner, books):
    attempt = begin(learner, half_key("one"), case("two"))
    page = hand_in(client, attempt, **{"dx-1-code": "E11.22"})
    assert page.texts(".l-case h2")[:2] == ["Chart", "Claim and key"]
    assert page.texts(".sub .palette li") == ["1", "2"]
    assert page.texts(".chart .doc-text mark")[0] == "kidney disease 1 , line 1 of the diagnoses"
    assert page.text(".claim .au-verdict").startswith("Partly right 1 missing")
    assert page.text("#c1-dx-1 .al-h").startswith("1 Right E11.22 Type 2 diabetes mellitus")
    assert page.all(".side") == page.all("form#answer") == page.all("[data-highlight-selection]") == []
    assert page.texts(".act a") == ["Next item"]


def test_the_trademark_stands_by_when_no_line_is_of_cpt(client, learner, books):
    attempt = begin(learner, case("one"))
    assert page_notice(client, attempt).get("hidden") is not None
    charge = {"system": "cpt", "code": "99213"}
    school.save(attempt, 1, {"claim": {"diagnoses": [], "procedures": [charge]}})
    assert page_notice(client, attempt).get("hidden") is None


def page_notice(client, attempt):
    return get(client, at(attempt)).one("[data-cpt-notice]")


def test_a_worked_example_takes_no_answer(client, learner, books):
    attempt = begin(learner, half_key("shown"), case("asked"), shown="worked")
    post(client, at(attempt), {"revision": 1, "dx-1-code": "I10", "sure": "1"})
    assert Response.objects.get(position=1).answer is None


def test_the_key_of_a_worked_example_is_shown_for_that_seat_alone(client, learner, books):
    attempt = begin(learner, half_key("shown"), half_key("asked"), shown="worked")
    page = get(client, at(attempt, 2))
    assert_no_secret(page)
    assert "E11.22" not in page.raw


def test_going_on_leads_past_the_worked_examples_that_lie_behind(client, learner, books):
    attempt = begin(learner, half_key("shown"), case("one"), case("two"), shown="worked")
    here = reverse("quizzes:attempt", args=[attempt.pk])
    assert get(client, here).text("h1") == "Item 1 of 3: Cases"
    school.save(attempt, 2, {"claim": {"diagnoses": [{"code": "I10"}]}})
    assert get(client, here).text("h1") == "Item 3 of 3: Cases"


def test_an_audit_starts_with_the_claim_as_it_was_coded(client, learner, books):
    audit = changed(case("audit"), kind="audit")
    given = {**audit.content.given, "diagnoses": [{"code": "I10", "role": "first_listed"}]}
    page = get(client, at(begin(learner, changed(audit, given=given))))
    assert codes(page) == ["I10", "", "", ""]
    assert page.texts("[data-given]") == []


def test_the_query_stands_among_the_choices_with_none_first(client, learner, books):
    page = get(client, at(begin(learner, changed(case("one"), options=QUERIES))))
    assert page.texts(".query li") == [
        "No query",
        "Is the CKD diabetic?",
        "Please clarify the cause of the CKD.",
    ]
    assert [choice.get("value") for choice in page.all("[name=query][checked]")] == [""]
    assert_no_secret(page)


def send(client, name, attempt, body, method="post"):
    address = reverse(f"quizzes:{name}", args=[attempt.pk, 1])
    return getattr(client, method)(address, body, content_type="application/json")


def test_checking_answers_with_the_findings_and_what_is_left(client, learner, books):
    attempt = begin(learner, case("one", checks=2))
    answer = {"claim": {"diagnoses": [{"code": "E11.2"}]}}
    text = send(client, "case_check", attempt, {"answer": answer}).content.decode()
    assert 'data-left="1"' in text
    assert 'data-lines="dx:1"' in text
    assert '<a class="ref cm" data-card="/codesets/books/icd10cm/E11.2/card/?on=2026-05-12"' in text
    send(client, "case_check", attempt, {"answer": answer})
    refused = send(client, "case_check", attempt, {"answer": answer}).content.decode()
    assert "No check is left." in refused
    assert "finding" not in refused


@pytest.mark.parametrize("body", ["", "[]", "{", json.dumps({"answer": {"claim": 3}})])
def test_a_claim_that_is_none_is_refused_in_words(client, learner, books, body):
    attempt = begin(learner, case("one"))
    said = send(client, "case_check", attempt, body).content.decode()
    assert "data-refused" in said
    assert Response.objects.get().checks == 0


def test_the_number_of_checks_left_stands_on_the_page(client, learner, books):
    attempt = begin(learner, case("one", checks=1), case("none", checks=0))
    assert page_left(client, attempt) == ["1 check left"]
    send(client, "case_check", attempt, {"answer": {"claim": {"diagnoses": [{"code": "I10"}]}}})
    assert page_left(client, attempt) == ["no check left"]
    page = get(client, at(attempt, 2))
    assert "This case is coded without the check." in page.text(".act")
    assert page.all("[data-check]") == []


def page_left(client, attempt):
    return get(client, at(attempt)).texts("[data-checks-left]")


def test_a_mark_on_the_chart_is_kept_shown_and_taken_away(client, learner, books):
    attempt = begin(learner, case("one"))
    place = {"document": 0, "start": 14, "end": 28}
    kept = send(client, "case_highlights", attempt, {**place, "note": "stage?"}).json()
    assert kept == {"highlights": [{**place, "note": "stage?"}]}
    page = get(client, at(attempt))
    assert json.loads(page.one("#highlights").text) == [{**place, "note": "stage?"}]
    assert send(client, "case_highlights", attempt, place, "delete").json() == {"highlights": []}
    refused = send(client, "case_highlights", attempt, {**place, "document": 7})
    assert (refused.status_code, refused.json()) == (409, {"detail": "The chart has no such place."})


def test_nobody_else_checks_or_marks(outsider, learner, books):
    attempt = begin(learner, case("one"))
    other = signed_in(outsider)
    place = {"document": 0, "start": 14, "end": 28, "note": ""}
    assert send(other, "case_highlights", attempt, place).status_code == 404
    assert send(other, "case_check", attempt, {"answer": None}).status_code == 404
    assert Response.objects.get().highlights == []


def test_the_page_asks_the_database_as_often_for_one_line_as_for_many(
    client, learner, books, django_assert_num_queries
):
    attempt = begin(learner, case("one"))
    get(client, at(attempt))  # the version is asked for once in a process
    for revision, wanted in enumerate((["E11.22"], ["E11.22", "I10", "H65.01", "S52.501A"]), start=1):
        lines = [{"code": code} for code in wanted]
        school.save(attempt, 1, {"claim": {"diagnoses": lines}}, revision=revision)
        with django_assert_num_queries(9):
            page = get(client, at(attempt))
        assert codes(page)[:-3] == wanted


def test_the_first_line_leads_though_the_first_row_was_left_empty(client, learner, books):
    attempt = begin(learner, changed(case("one"), given=INPATIENT))
    hand_in(client, attempt, **{"dx-2-code": "E11.22", "dx-3-code": "I10"})
    lines = Response.objects.get().answer["claim"]["diagnoses"]
    assert [(line["code"], line["role"]) for line in lines] == [("E11.22", "principal"), ("I10", "secondary")]


def test_a_key_is_read_before_release_for_a_worked_seat_alone(learner, books):
    attempt = begin(learner, half_key("shown"), half_key("asked"), shown="worked")
    assert selectors.worked_example(attempt, 1).rationale == "RATIONALETEXT shown"
    with pytest.raises(AttemptNotFound):
        selectors.worked_example(attempt, 2)
