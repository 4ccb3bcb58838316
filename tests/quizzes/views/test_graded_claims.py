"""What a student sees of a claim after handing in: lines beside the key and the chart, scores, reasons."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from quizzes.models import Attempt, Grade, GradingRun, Response
from quizzes.services.starting import start_attempt
from tests.quizzes import school
from tests.quizzes.views.pages import Page, get, signed_in

SOURCE = {"code": "H65.01", "note": "title", "url": "/codesets/books/icd10cm/H65.01/?on=2026-05-12"}
SCORES = {"code": 0.5, "coder_to_key": 0.5, "record": 0.0, "weighted": 0.3333}


@pytest.fixture
def client(learner):
    return signed_in(learner)


def line(answer, key, verdict, credit=0.0, severity="critical", **more):
    said = {"why": "", "quote": "", "source": None, **more}
    return {
        "answer": answer,
        "key": key,
        "verdicts": [verdict],
        "credit": credit,
        "severity": severity,
        **said,
    }


def answer(*codes: str, query=None) -> dict:
    diagnoses = [{"code": code, "role": "secondary" if n else "first_listed"} for n, code in enumerate(codes)]
    return {"claim": {"diagnoses": diagnoses, "procedures": []}, "query": query}


# The left ear for the right, an accepted code, and the pressure that the key does not have.
ANSWER = answer("H65.02", "E11.21", "I10")
LINES = [
    line(
        "dx:1",
        "dx:1",
        "laterality",
        why="H65.02 is the left ear; the record says right, [[H65.01]].",
        quote="Acute serous otitis media, right ear",
        source=SOURCE,
    ),
    line("dx:2", "dx:2", "alternative_accepted", 1.0, "information", why="Accepted."),
    line("dx:3", None, "unsupported", why="WHYTEXT pressure"),
]


def practice(learner, spec) -> Attempt:
    return start_attempt(exam=school.make_exam("cases", [spec]), by=learner)


def grade(attempt: Attempt, given=ANSWER, lines=LINES, *, credit="0.5", position=1, **more) -> Response:
    """The answer as handed in and graded so; what the grader itself says has its own tests."""
    response = attempt.responses.get(position=position)
    response.answer, response.revision, response.saved_at = given, 1, timezone.now()
    response.revealed_at = timezone.now()
    response.sure = more.pop("sure", None)
    response.save()
    fields = {"scores": SCORES, "lines": lines, "findings": [], **more}
    Grade.objects.create(
        response=response, item_version=response.item_version, credit=Decimal(credit), **fields
    )
    return response


def page_of(client, attempt: Attempt, position: int = 1) -> Page:
    return get(client, f"{reverse('quizzes:attempt', args=[attempt.pk])}?item={position}")


def lines_of(page: Page) -> dict[str, str]:
    ids = [one.get("id") for one in page.all(".al")]
    return dict(zip(ids, page.texts(".al"), strict=True))


def test_each_line_stands_beside_the_keys_with_titles_verdict_credit_and_advice(client, learner, books):
    attempt = practice(learner, school.coded_case("ear"))
    grade(attempt)
    assert lines_of(page_of(client, attempt)) == {
        "c1-dx-1": (
            "1 Laterality credit 0 "
            "You H65.02 Acute serous otitis media, left ear first-listed "
            "Key H65.01 Acute serous otitis media, right ear first-listed "
            "H65.02 is the left ear; the record says right, H65.01 . "
            "In the chart: Right serous otitis media"
        ),
        "c1-dx-2": (
            "2 Accepted alternative credit 1 "
            "You E11.21 Type 2 diabetes mellitus with diabetic nephropathy "
            "Key E11.22 Type 2 diabetes mellitus with diabetic chronic kidney disease "
            "Also right E11.21 Type 2 diabetes mellitus with diabetic nephropathy ACCEPTTEXT kidney "
            "Accepted. In the chart: Diabetic kidney disease"
        ),
        "c1-x-dx-3": (
            "Not supported credit 0 You I10 Essential (primary) hypertension Key no such line "
            "WHYTEXT pressure"
        ),
    }


def test_codes_and_official_words_link_to_their_place_in_the_book_of_the_encounter(client, learner, books):
    attempt = practice(learner, school.coded_case("ear"))
    grade(attempt)
    page = page_of(client, attempt)
    book = "/codesets/books/icd10cm"
    assert [link.get("href") for link in page.all("#c1-dx-1 a")] == [
        f"{book}/H65.02/?on=2026-05-12",
        f"{book}/H65.01/?on=2026-05-12",
        f"{book}/H65.01/?on=2026-05-12",
        "#c1-s-dx-1-1",
    ]


def test_the_words_of_the_chart_are_tied_to_their_lines_both_ways(client, learner, books):
    attempt = practice(learner, school.coded_case("ear"))
    grade(attempt)
    page = page_of(client, attempt)
    assert page.texts(".doc mark") == [
        "Right serous otitis media 1 , line 1 of the diagnoses",
        "Diabetic kidney disease 2 , line 2 of the diagnoses",
    ]
    for there in page.all(".al-chart a"):
        back = page.one(there.get("href")).get("href")
        assert there in page.one(back).iterdescendants() or page.one(back).xpath(".//a[@data-phrase]")
        assert page.one(back).get("id") in [one.get("id") for one in page.all(".al")]


def test_words_that_the_chart_does_not_have_are_quoted_without_a_link(client, learner, books):
    key = school.claim_key()
    key["diagnoses"][1]["support"] = ["Diabetic kidney disease", "nowhere written"]
    attempt = practice(learner, school.coded_case("ear", key=key))
    grade(attempt)
    page = page_of(client, attempt)
    assert page.texts("#c1-dx-2 .al-chart q") == ["nowhere written"]
    assert [link.get("href") for link in page.all("#c1-dx-2 .al-chart a")] == ["#c1-s-dx-2-1"]


def test_words_from_a_row_of_a_table_are_read_as_a_list_and_linked(client, learner, books):
    text = "| Time | Finding |\n|---|---|\n| 09:10 | Right ear red |\n"
    key = school.claim_key()
    key["diagnoses"][0]["support"] = "| 09:10 | Right ear red |"
    chart = [{"kind": "nursing_note", "title": "Triage", "text": text}]
    attempt = practice(learner, school.coded_case("ear", key=key, chart=chart))
    grade(attempt)
    page = page_of(client, attempt)
    assert page.texts("#c1-dx-1 .al-chart a") == ["09:10, Right ear red"]
    assert page.texts(".doc td mark") == ["09:10", "Right ear red 1 , line 1 of the diagnoses"]


def test_official_words_are_quoted_where_they_say_more_than_the_titles_beside_them(client, learner, books):
    attempt = practice(learner, school.coded_case("ear"))
    titled = line(
        "dx:1", "dx:1", "laterality", quote="H65.01 Acute serous otitis media, right ear", source=SOURCE
    )
    noted = line(
        "dx:2", "dx:2", "specificity", quote="use additional code", source={**SOURCE, "note": "note"}
    )
    extra = line("dx:3", None, "extra", quote="H65.01 Acute serous otitis media, right ear", source=SOURCE)
    grade(attempt, lines=[titled, noted, extra])
    page = page_of(client, attempt)
    assert page.texts("#c1-dx-1 .official") == []
    assert page.texts("#c1-dx-2 .official") == ["use additional code H65.01 , note"]
    assert len(page.all("#c1-x-dx-3 .official")) == 1


def test_the_trademark_stands_where_a_number_of_cpt_does(client, learner, books):
    attempt = practice(learner, school.coded_case("ear", systems=("icd10cm", "cpt")))
    charged = answer("H65.01")
    charged["claim"]["procedures"] = [
        {"system": "cpt", "code": "99213", "modifiers": [], "units": 1, "pointers": []}
    ]
    lines = [line("dx:1", "dx:1", "correct", 1.0), line("px:1", None, "extra")]
    response = grade(attempt, charged, lines)
    assert "CPT is a registered trademark" in page_of(client, attempt).text(".au-lines")
    charged["claim"]["procedures"] = []
    Response.objects.filter(pk=response.pk).update(answer=charged)
    Grade.objects.update(lines=lines[:1])
    assert "trademark" not in page_of(client, attempt).text("main")


def test_the_scores_are_explained_and_the_verdict_names_what_went_wrong(client, learner, books):
    attempt = practice(learner, school.coded_case("ear"))
    grade(attempt, sure=4)
    page = page_of(client, attempt)
    assert page.text(".au-verdict") == "Partly right 1 laterality, 1 not supported You said: certain."
    assert page.texts(".score > div") == [
        "Credit 50% Your lines earned 1 of 2; missing and extra lines count too.",
        "Coder to key 50% 1 of 2 lines of the key is fully right; extra lines are not looked at.",
        "Record Not right All or nothing: 2 of 3 lines are not fully right.",
        "Weighted 33% As the credit, with critical lines counted 3 times; 2 of them went wrong.",
    ]
    assert page.texts(".au-words dt") == ["Laterality", "Accepted alternative", "Not supported"]


def test_what_is_not_coded_and_the_way_through_the_chart_are_told(client, learner, books):
    attempt = practice(learner, school.coded_case("ear", rationale="The ear is [[H65.01]]."))
    grade(attempt)
    page = page_of(client, attempt)
    assert page.texts(".nots li") == ["I10 Essential (primary) hypertension not supported WHYTEXT pressure"]
    assert page.text(".rationale") == "The ear is H65.01 . Read: Official Guidelines FY 2026, I.C.9.a.2"


def test_findings_of_the_rules_are_shown_with_their_lines_and_words(client, learner, books):
    attempt = practice(learner, school.coded_case("ear"))
    finding = {
        "kind": "excludes1",
        "severity": "warning",
        "lines": ["dx:1", "dx:3"],
        "codes": ["H65.02", "I10"],
        "message": "Not both.",
        "quote": "otitic hypertension",
        "source": SOURCE,
        "vintage": "April 2026",
    }
    grade(attempt, findings=[finding])
    assert page_of(client, attempt).texts(".au-lines .finding") == [
        "Warning your diagnoses line 1, your diagnoses line 3 Not both. otitic hypertension H65.01 , title"
    ]


def test_the_query_is_shown_with_why_each_choice_is_right_or_wrong(client, learner, books):
    options = [{"id": one, "text": f"Query {one}?", "why": f"WHYTEXT query {one}"} for one in "abc"]
    spec = school.coded_case("ear", options=options, key=school.claim_key(query="b"))
    attempt = practice(learner, spec)
    wrong = line("query", "query", "wrong_option", why="Another query is compliant.")
    grade(attempt, {**ANSWER, "query": "a"}, [*LINES, wrong])
    page = page_of(client, attempt)
    assert lines_of(page)["c1-query"] == "Other choice credit 0 Another query is compliant."
    assert page.texts(".graded .opt") == [
        "A Query a? WHYTEXT query a Your answer",
        "B Query b? WHYTEXT query b Key",
        "C Query c? WHYTEXT query c",
    ]


def test_a_whole_record_that_counted_is_named_and_its_lines_are_those_compared(client, learner, books):
    record = {
        "why": "Both meet the definition.",
        "diagnoses": [
            {"code": "I10", "role": "first_listed", "support": "Pressure high"},
            {"code": "H65.01", "role": "secondary"},
        ],
        "procedures": [],
    }
    attempt = practice(learner, school.coded_case("ear", key=school.claim_key(alternatives=[record])))
    lines = [
        line("dx:1", "dx:1", "alternative_accepted", 1.0, "information"),
        line(None, "dx:2", "missing"),
    ]
    grade(attempt, answer("I10"), lines, alternative=0)
    page = page_of(client, attempt)
    assert "Another whole record is as right as the key" in page.text(".regraded")
    assert "Both meet the definition." in page.text(".regraded")
    assert lines_of(page) == {
        "c1-dx-1": (
            "1 Accepted alternative I10 Essential (primary) hypertension first-listed credit 1 "
            "In the chart: Pressure high"
        ),
        "c1-dx-2": ("2 Missing credit 0 You no such line Key H65.01 Acute serous otitis media, right ear"),
    }
    assert page.texts(".doc mark") == ["Pressure high 1 , line 1 of the diagnoses"]


def test_poa_modifiers_units_and_pointers_stand_with_the_code(client, learner, books):
    key = school.claim_key()
    key["diagnoses"][0] |= {"role": "principal", "poa": "1"}
    key["procedures"] = [
        {"system": "hcpcs", "code": "J0696", "modifiers": ["LT", "JZ"], "units": 4, "pointers": [1, 2]}
    ]
    attempt = practice(learner, school.coded_case("ear", key=key, systems=("icd10cm", "hcpcs")))
    mine = answer("H65.01")
    mine["claim"]["procedures"] = [
        {"system": "hcpcs", "code": "J0696", "modifiers": ["LT"], "units": 1, "pointers": [1]}
    ]
    mine["claim"]["diagnoses"][0] |= {"role": "principal", "poa": "N"}
    grade(attempt, mine, [line("dx:1", "dx:1", "poa", 0.5), line("px:1", "px:1", "units", 0.5, "warning")])
    lines = lines_of(page_of(client, attempt))
    assert lines["c1-dx-1"] == (
        "1 POA credit 0.5 You H65.01 Acute serous otitis media, right ear principal, POA N "
        "Key H65.01 Acute serous otitis media, right ear principal, POA exempt "
        "In the chart: Right serous otitis media"
    )
    assert lines["c1-px-1"] == (
        "P1 Units credit 0.5 You J0696 modifier LT, for H65.01 "
        "Key J0696 modifiers LT JZ, 4 units, for H65.01 E11.22"
    )


def test_a_line_that_stood_in_the_half_filled_claim_says_so(client, learner, books):
    attempt = practice(learner, school.coded_case("ear"))
    attempt.responses.update(served="half")
    stood = line("dx:1", "dx:1", "optional_ignored", 0.0, "information")
    grade(attempt, answer("H65.01"), [stood, line(None, "dx:2", "missing")])
    lines = lines_of(page_of(client, attempt))
    assert lines["c1-dx-1"].startswith("1 Given H65.01 Acute serous")
    assert lines["c1-dx-2"].startswith("2 Missing credit 0")


def test_an_audit_shows_what_was_coded_what_was_left_and_what_the_key_says(client, learner, books):
    attempt = practice(learner, school.audit("audited"))
    # Coded: the left ear, the kidney, the pressure. The ear is mended, the kidney broken, the pressure stays.
    lines = [
        line("dx:1", "dx:1", "correct", 1.0, "information"),
        line(None, "dx:2", "missing"),
        line("dx:2", None, "unsupported"),
    ]
    grade(attempt, answer("H65.01", "I10"), lines)
    page = page_of(client, attempt)
    assert page.texts(".au-three tbody tr") == [
        "H65.02 Acute serous otitis media, left ear first-listed "
        "H65.01 Acute serous otitis media, right ear first-listed "
        "H65.01 Acute serous otitis media, right ear first-listed Error found and mended",
        "E11.22 Type 2 diabetes mellitus with diabetic chronic kidney disease none "
        "E11.22 Type 2 diabetes mellitus with diabetic chronic kidney disease Right line broken",
        "I10 Essential (primary) hypertension I10 Essential (primary) hypertension none Error missed",
    ]
    assert "1 found, 1 missed, 1 put in" in page.text(".au-lines")
    assert page.texts(".score > div")[0] == "Credit 50% 1 of 2 errors fully mended, 1 new put in."


def test_after_grading_again_the_page_says_when_why_and_what_stood_before(client, learner, instructor, books):
    attempt = practice(learner, school.coded_case("ear"))
    response = grade(attempt, credit="0.25")
    now = timezone.now()
    run = GradingRun.objects.create(
        item_version=response.item_version,
        reason="E11.21 is as right.",
        created_by=instructor,
        applied_at=now,
        applied_by=instructor,
    )
    Grade.objects.create(
        response=response,
        item_version=response.item_version,
        credit=Decimal("0.5"),
        scores=SCORES,
        lines=LINES,
        run=run,
    )
    said = page_of(client, attempt).text(".regraded")
    assert said.startswith("Graded again on ")
    assert "E11.21 is as right." in said
    assert said.endswith("credit 0.25")


def test_the_report_shows_claims_beside_other_items_and_their_scores_on_the_average(client, learner, books):
    exam = school.make_exam(
        "mixed", [school.coded_case("ear"), school.coded_case("again"), school.single_best("plain")]
    )
    attempt = start_attempt(exam=exam, by=learner)
    grade(attempt, sure=4)
    right = [line(f"dx:{n}", f"dx:{n}", "correct", 1.0, "information") for n in (1, 2)]
    whole = dict.fromkeys(SCORES, 1.0)
    grade(attempt, answer("H65.01", "E11.22"), right, credit="1", position=2, scores=whole, sure=4)
    grade(attempt, {"choice": "a"}, [], credit="0", position=3, scores=whole, sure=1)
    Attempt.objects.filter(pk=attempt.pk).update(
        state="graded",
        finished_at=timezone.now(),
        closed_at=timezone.now(),
        close_reason="handed_in",
        graded_at=timezone.now(),
        score=50,
        passed=False,
    )
    page = get(client, reverse("quizzes:report", args=[attempt.pk]))
    assert page.texts(".score.four")[0] == (
        "Credit 75% Credit of all lines, missing and extra ones too, over 2 claims. "
        "Coder to key 75% Lines of the key fully right, over 2 claims. "
        "Records 1 of 2 Claims with every line right. "
        "Weighted 67% Critical lines counted several times, over 2 claims."
    )
    assert [" ".join(row.split()[:-1]) for row in page.texts("#items tbody tr")] == [
        "1 Section 1 3 lines 2 lines Partly right: 1 laterality, 1 not supported Certain",
        "2 Section 1 2 lines 2 lines Right Certain",
        "3 Section 2 A B Not right A guess",
    ]
    assert page.texts(".todo li")[-2:] == [
        "Item 1 : you were certain, and it was partly right.",
        "Item 3 : you guessed, and it was not right.",
    ]
    assert page.texts(".tbl-plot tbody tr")[-2:] == [
        "Certain 1 of 2 50% 12 to 88",
        "A guess 0 of 1 0% 0 to 73",
    ]
    ids = [one.get("id") for one in page.all("[id]")]
    assert sorted(set(ids)) == sorted(ids)


def test_an_order_stands_beside_the_right_one(client, learner, books):
    attempt = practice(learner, school.sequencing("ordered"))
    lines = [
        line("a", "c", "sequencing"),
        line("c", "a", "sequencing"),
        line("b", "b", "correct", 1.0, "information"),
    ]
    grade(attempt, {"order": ["a", "c", "b"]}, lines, credit="0")
    page = page_of(client, attempt)
    assert page.texts(".orders tbody tr") == [
        "1 Wrong place: Condition a Condition c WHYTEXT ordered c",
        "2 Wrong place: Condition c Condition a WHYTEXT ordered a",
        "3 Right place: Condition b Condition b WHYTEXT ordered b",
    ]
    assert page.text(".also") == "Also right: C B A. ACCEPTTEXT ordered"
    assert page.text(".finding .sev") == "Not right"


def test_the_misconception_behind_a_wrong_option_stands_beside_its_reason(client, learner, books):
    item = school.single_best("plain")
    item.content.options[0]["misconception"] = "takes the first code that fits"
    attempt = practice(learner, item)
    grade(attempt, {"choice": "a"}, [line("a", "b", "wrong_option")], credit="0")
    assert page_of(client, attempt).texts(".graded .opt")[0] == (
        "A Choice a WHYTEXT plain a Misconception: takes the first code that fits Your answer"
    )
