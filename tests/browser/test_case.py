"""A case in a real browser: coded from the keyboard alone, checked, marked, handed in, never lost."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from codesets.services.imports import import_file
from codesets.services.releases import publish_release
from quizzes.kinds import ItemContent
from quizzes.models import Attempt, Response
from quizzes.packs import ExamSpec, ItemSpec, SectionSpec
from quizzes.services import exams, items
from tests.quizzes import school

TEACHING_SET = Path(settings.BASE_DIR) / "codesets" / "content" / "hcpcs_teaching.csv"
SECRETS = ("WHYTEXT", "RATIONALETEXT")

pytestmark = pytest.mark.django_db(transaction=True)

NOTE = """**HPI:** Type 2 diabetes with *chronic* kidney disease, here with a wrist fracture after a fall.

1. Diabetic CKD
2. Fracture of the lower end of the right radius, first seen today

| Drug | Dose |
|---|---|
| Ketorolac | 30 mg IM |
"""
KEY = {
    "diagnoses": [
        {
            "code": "S52.501A",
            "role": "first_listed",
            "support": "Fracture of the lower end of the right radius",
            "why": "WHYTEXT fracture",
            "given": True,
        },
        {"code": "E11.22", "role": "secondary", "support": "Diabetic CKD", "why": "WHYTEXT diabetes"},
    ],
    "procedures": [
        {
            "system": "hcpcs",
            "code": "J1885",
            "modifiers": [],
            "units": 2,
            "pointers": [1],
            "support": "| Ketorolac | 30 mg IM |",
            "why": "WHYTEXT drug",
        }
    ],
}
QUERIES = [
    {"id": "a", "text": "Is the kidney disease due to diabetes?", "why": "WHYTEXT a"},
    {"id": "b", "text": "Please document the stage of the kidney disease.", "why": "WHYTEXT b"},
]


def save_case(slug: str, **changes) -> None:
    fields = {
        "kind": "coded_case",
        "systems": ("icd10cm", "hcpcs"),
        "service_date": school.ON,
        "stem": "Report the diagnoses and the drug.",
        "options": QUERIES,
        "key": KEY,
        "rationale": "RATIONALETEXT",
        "given": {"setting": "professional", "service_from": "2026-05-12", "sex": "F", "age": 62},
        "chart": [
            {"kind": "ed_note", "title": "ED note", "text": NOTE},
            {"kind": "imaging", "title": "Radiology", "text": "Right wrist: fracture, closed."},
        ],
        **changes,
    }
    spec = ItemSpec(slug, "icd-10-cm", "easy", ItemContent(**fields))
    items.save_item(spec=spec, by=None)


def save_quiz(*seats: tuple[str, str]) -> None:
    section = SectionSpec("Cases", "icd-10-cm", list(seats))
    exams.save_exam(spec=ExamSpec("cases", "Cases", "practice", "Charts.", None, 70, 30, [section]))


@pytest.fixture
def books(transactional_db) -> None:
    school.make_release()
    outcome = import_file(
        system="hcpcs", paths=[TEACHING_SET], label="Teaching set", effective_from=date(2026, 1, 1), by=None
    )
    publish_release(release_id=outcome.release.id, by=None)


@pytest.fixture
def practice(page: Page, live_server, sign_in, books, learner) -> Page:
    sign_in(learner)
    page.set_default_timeout(10_000)
    return page


def start(page: Page, live_server) -> None:
    page.goto(f"{live_server.url}{reverse('quizzes:practice_list')}")
    page.get_by_role("button", name="Start Cases").press("Enter")
    page.locator("[data-case]").wait_for()


def ready(page: Page) -> None:
    expect(page.locator("[data-case][data-ready]")).to_be_attached()


def codes(page: Page, part: str = "dx") -> list[str]:
    boxes = page.locator(f"[data-part={part}] [data-cell=code]")
    return [box.input_value() for box in boxes.all()]


def kept() -> dict:
    return Response.objects.get(position=1).answer["claim"]


def saved(page: Page) -> None:
    expect(page.locator("[data-save]")).to_contain_text("Saved")


def select(page: Page, words: str) -> None:
    """Selects words of the chart as a mouse or caret browsing does."""
    page.evaluate(
        """words => {
            const chart = document.querySelector('[data-chart]');
            const walker = document.createTreeWalker(chart, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const node = walker.currentNode;
                const at = node.data.indexOf(words);
                if (at >= 0) return getSelection().setBaseAndExtent(node, at, node, at + words.length);
            }
            throw new Error(words);
        }""",
        words,
    )


def test_a_case_is_coded_from_the_keyboard_alone(practice, live_server, assert_accessible):
    page, keys = practice, practice.keyboard
    save_case("wrist")
    save_quiz(("wrist", "alone"))
    start(page, live_server)
    ready(page)
    assert_accessible()
    assert not any(secret in page.content() for secret in SECRETS)

    page.locator("[name=dx-1-code]").focus()
    keys.type("e1122")
    title = page.locator("[data-part=dx] [data-title]")
    expect(title.first).to_have_text("Type 2 diabetes mellitus with diabetic chronic kidney disease")
    keys.press("Enter")
    keys.type("s52501a")
    keys.press("Enter")
    expect(title.nth(1)).to_contain_text("initial encounter")
    expect(page.locator("[name=dx-3-code]")).to_be_focused()
    keys.press("Enter")
    keys.type("ketorolac")
    expect(page.locator("[role=option]:visible").first).to_contain_text("J1885")
    assert_accessible()
    keys.press("Enter")  # words are no code: to the list
    keys.press("Enter")  # and takes it
    expect(page.locator("[name=px-1-code]")).to_have_value("J1885")
    keys.press("Tab")
    expect(page.locator("[data-part=px] [data-tag]").first).to_have_text("HC")
    keys.press("Tab")
    keys.type("2")
    keys.press("Tab")
    keys.type("b")
    saved(page)

    keys.press("ArrowUp")
    page.locator("[name=dx-2-code]").focus()
    keys.press("Control+ArrowUp")
    assert codes(page) == ["S52.501A", "E11.22", ""]
    expect(page.locator("[name=px-1-pointers]")).to_have_value("1")
    saved(page)

    keys.press("Control+Enter")
    expect(page.locator("[data-summary]")).to_be_attached()
    assert_accessible()

    page.get_by_label("A guess").focus()
    keys.press("ArrowRight")
    keys.press("Enter")
    expect(page.get_by_text("Verdict").or_(page.locator("[data-verdict]")).first).to_be_visible()
    response = Response.objects.get()
    assert response.answer == {
        "claim": {
            "diagnoses": [
                {"code": "S52.501A", "role": "first_listed", "poa": ""},
                {"code": "E11.22", "role": "secondary", "poa": ""},
            ],
            "procedures": [
                {"system": "hcpcs", "code": "J1885", "modifiers": [], "units": 2, "pointers": [1]}
            ],
        },
        "query": None,
    }
    assert (response.sure, response.checks, response.revealed_at is not None) == (2, 1, True)


def test_lines_are_moved_and_removed_and_pointers_follow(practice, live_server):
    page, keys = practice, practice.keyboard
    start_with = {
        "diagnoses": [{"code": "I10", "role": "first_listed"}, {"code": "E11.22", "role": "secondary"}],
        "procedures": [{"system": "hcpcs", "code": "J1885", "units": 1, "pointers": [2, 1]}],
    }
    face = {"setting": "professional", "service_from": "2026-05-12", "sex": "F", "age": 62}
    save_case("audit", kind="audit", given={**face, **start_with})
    save_quiz(("audit", "alone"))
    start(page, live_server)
    ready(page)
    pointers = page.locator("[name=px-1-pointers]")
    page.locator("[name=dx-2-code]").focus()
    keys.press("Control+ArrowUp")
    expect(page.locator("[name=dx-1-code]")).to_be_focused()
    expect(pointers).to_have_value("1 2")
    keys.press("ArrowDown")
    keys.press("Control+Delete")
    expect(pointers).to_have_value("1")
    assert codes(page) == ["E11.22", ""]
    saved(page)
    assert kept()["diagnoses"] == [{"code": "E11.22", "role": "first_listed", "poa": ""}]
    assert kept()["procedures"][0]["pointers"] == [1]


def test_an_inpatient_claim_names_its_principal_by_place(practice, live_server, assert_accessible):
    page, keys = practice, practice.keyboard
    face = {"setting": "inpatient", "service_from": "2026-05-10", "discharged_on": "2026-05-12", "age": 62}
    save_case("stay", given=face, key={"diagnoses": [{**KEY["diagnoses"][1], "role": "principal"}]})
    save_quiz(("stay", "alone"))
    start(page, live_server)
    ready(page)
    page.locator("[name=dx-1-code]").focus()
    for code in ("E11.22", "I10"):
        keys.type(code)
        keys.press("Enter")
    page.locator("[name=dx-2-role]").select_option("principal")
    assert codes(page) == ["I10", "E11.22", ""]
    page.locator("[name=dx-1-poa]").select_option("Y")
    page.locator("[name=px-1-code]").fill("0PSH")
    page.locator("[name=px-1-code]").press("Escape")
    page.locator("[name=px-1-code]").press("Tab")
    assert page.locator("[data-cell=units]").count() == 0
    saved(page)
    assert kept() == {
        "diagnoses": [
            {"code": "I10", "role": "principal", "poa": "Y"},
            {"code": "E11.22", "role": "secondary", "poa": ""},
        ],
        "procedures": [{"system": "icd10pcs", "code": "0PSH", "modifiers": [], "units": 1, "pointers": []}],
    }
    assert_accessible()


def test_wrong_roles_of_an_audit_stay_until_another_is_chosen(practice, live_server):
    page = practice
    face = {"setting": "inpatient", "service_from": "2026-05-10", "discharged_on": "2026-05-12", "age": 62}
    roles = [("E11.22", "secondary"), ("I10", "principal"), ("S52.501A", "principal")]
    lines = [{"code": code, "role": role, "poa": "Y"} for code, role in roles]
    key = {"diagnoses": [{**KEY["diagnoses"][1], "role": "principal"}]}
    save_case("stay", kind="audit", given={**face, "diagnoses": lines}, key=key)
    save_quiz(("stay", "alone"))
    start(page, live_server)
    ready(page)
    page.locator("[name=dx-4-code]").fill("H65.01")
    page.locator("[name=dx-3-poa]").select_option("N")
    page.locator("[name=dx-2-code]").press("Control+ArrowUp")
    expect(page.locator("[data-save]")).to_contain_text("Saved")
    shown = [(line["code"], line["role"]) for line in kept()["diagnoses"]]
    assert shown == [roles[1], roles[0], roles[2], ("H65.01", "secondary")]
    page.locator("[name=dx-2-role]").select_option("principal")
    saved(page)
    assert [box.input_value() for box in page.locator("[data-cell=role]").all()] == [
        *("principal", "secondary", "secondary", "secondary", "secondary")
    ]
    assert codes(page)[0] == "E11.22"


def test_the_trademark_comes_with_the_first_number_of_cpt(practice, live_server):
    page = practice
    save_case("wrist")
    save_quiz(("wrist", "alone"))
    start(page, live_server)
    ready(page)
    notice = page.get_by_text("CPT is a registered trademark")
    expect(notice).to_be_hidden()
    page.locator("[name=px-1-code]").fill("99213")
    expect(notice).to_be_visible()
    page.get_by_label("Remove procedure 1").click()
    expect(notice).to_be_hidden()
    saved(page)


def test_words_that_are_no_code_are_not_handed_in(practice, live_server):
    page = practice
    save_case("wrist")
    save_quiz(("wrist", "alone"))
    start(page, live_server)
    ready(page)
    page.locator("[name=dx-1-code]").fill("I10")
    page.locator("[name=dx-2-code]").fill("some words")
    page.get_by_label("Certain").check()
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("[name=dx-2-code]")).to_be_focused()
    expect(page.locator("[name=dx-2-code]")).to_have_attribute("aria-invalid", "true")
    assert Response.objects.get().revealed_at is None


def test_a_claim_that_did_not_arrive_is_there_again_and_is_sent(practice, live_server, console):
    page = practice
    save_case("wrist")
    save_quiz(("wrist", "alone"))
    start(page, live_server)
    ready(page)
    page.route("**/responses/**", lambda route: route.abort())
    page.locator("[name=dx-1-code]").fill("E11.22")
    expect(page.locator("[data-save]")).to_contain_text("Offline - kept on this device")
    assert Response.objects.get().answer is None
    page.reload()
    ready(page)
    assert codes(page) == ["E11.22", ""]
    page.unroute("**/responses/**")
    saved(page)
    assert kept()["diagnoses"][0]["code"] == "E11.22"
    console.clear()  # of the saves that were cut off


def test_a_page_that_was_made_before_the_last_save_arrived_shows_it(practice, live_server):
    page = practice
    save_case("wrist")
    save_quiz(("wrist", "alone"))
    start(page, live_server)
    ready(page)
    line = {"code": "I10", "role": "first_listed", "poa": ""}

    def late(route):
        """The save lands between the page and its script."""
        answer = route.fetch()
        school.save(Attempt.objects.get(), 1, {"claim": {"diagnoses": [line]}})
        route.fulfill(response=answer)

    page.route("**/quizzes/attempts/*/", late)
    page.reload()
    ready(page)
    assert codes(page) == ["I10", ""]


def test_two_windows_ask_which_claim_counts(practice, live_server, console):
    page = practice
    save_case("wrist")
    save_quiz(("wrist", "alone"))
    start(page, live_server)
    ready(page)
    attempt = Attempt.objects.get()
    line = {"code": "I10", "role": "first_listed", "poa": ""}
    school.save(attempt, 1, {"claim": {"diagnoses": [line]}})
    with page.expect_response(lambda answer: "responses" in answer.url):
        page.locator("[name=dx-1-code]").fill("E11.22")
    box = page.locator(".two-answers")
    expect(box).to_contain_text("The server has I10")
    console.clear()  # the browser reports the conflict as an error
    box.get_by_role("button", name="The one from here").click()
    saved(page)
    assert kept()["diagnoses"][0]["code"] == "E11.22"


def test_findings_stand_at_their_lines_and_checks_run_out(practice, live_server, assert_accessible):
    page, keys = practice, practice.keyboard
    save_case("wrist", policy={"checks": 1})
    save_quiz(("wrist", "alone"))
    start(page, live_server)
    ready(page)
    expect(page.locator("[data-checks-left]")).to_have_text("1 check left")
    page.locator("[name=dx-1-code]").focus()
    keys.type("I10")
    keys.press("Enter")
    keys.type("S52.501")
    keys.press("Escape")
    keys.press("Control+Enter")
    expect(page.locator("[data-part=dx] tr.critical [data-line]")).to_have_text("2")
    expect(page.locator(".finding.critical a.ref").first).to_have_text("S52.501")
    expect(page.locator("[data-checks-left]")).to_have_text("no check left")
    expect(page.locator("[data-check]")).to_be_disabled()
    assert_accessible()
    page.locator(".finding a.ref").first.click()
    expect(page.locator("[data-book-pane]")).to_contain_text("lower end of right radius")
    page.locator("[name=dx-2-code]").fill("S52.501A")
    expect(page.locator("[data-stale]")).to_be_visible()
    assert page.locator("tr.critical").count() == 0


def test_the_chart_keeps_highlights_and_their_notes(practice, live_server, assert_accessible):
    page, keys = practice, practice.keyboard
    save_case("wrist")
    save_quiz(("wrist", "alone"))
    start(page, live_server)
    ready(page)
    select(page, "wrist fracture")
    keys.press("h")
    marks = page.locator("mark[data-highlight]")
    expect(marks).to_have_text(["wrist fracture"])
    select(page, "Ketorolac")
    page.locator("[data-highlight-selection]").click()
    expect(marks).to_have_text(["wrist fracture", "Ketorolac"])
    note = page.get_by_label("Note on “Ketorolac”")
    note.fill("15 mg a unit")
    note.press("Tab")
    expect(page.locator("[data-chart-said]")).to_have_text("Note kept.")
    assert_accessible()

    page.reload()
    ready(page)
    expect(marks).to_have_text(["wrist fracture", "Ketorolac"])
    expect(note).to_have_value("15 mg a unit")
    page.get_by_label("Remove the highlight of “wrist fracture”").click()
    expect(marks).to_have_text(["Ketorolac"])
    assert [one["note"] for one in Response.objects.get().highlights] == ["15 mg a unit"]


def test_worked_then_half_filled_then_alone(practice, live_server, assert_accessible):
    page = practice
    for slug in ("worked", "half", "alone"):
        save_case(slug)
    save_quiz(("worked", "worked"), ("half", "half"), ("alone", "alone"))
    start(page, live_server)
    page.wait_for_load_state()
    expect(page.locator(".al").first).to_contain_text("S52.501A")
    marked = page.locator(".doc-text mark")
    expect(marked.first).to_have_text("Diabetic CKD2, line 2 of the diagnoses")
    page.get_by_role("link", name="Ketorolac, 30 mg IM").click()
    expect(page.locator("td mark.now")).to_have_text(["Ketorolac", "30 mg IMP1, line 1 of the procedures"])
    select(page, "Right wrist")
    page.keyboard.press("h")
    expect(page.locator("mark[data-highlight]")).to_have_text(["Right wrist"])
    assert_accessible()
    page.reload()
    expect(page.locator("mark[data-highlight]")).to_have_text(["Right wrist"])
    page.get_by_role("link", name="Next item").click()
    ready(page)
    assert codes(page) == ["S52.501A", ""]
    expect(page.locator("[data-given-mark]:visible")).to_have_count(1)
    assert "WHYTEXT" not in page.content()
    page.get_by_role("link", name="Item 3, not checked").click()
    ready(page)
    assert codes(page) == [""]
    expect(page.locator(".sub")).to_contain_text("0 of 2 checked")


def test_on_a_phone_one_of_chart_and_claim_is_shown(practice, live_server, assert_accessible):
    page = practice
    page.set_viewport_size({"width": 390, "height": 800})
    save_case("wrist")
    save_quiz(("wrist", "alone"))
    start(page, live_server)
    ready(page)
    expect(page.locator("[data-chart]")).to_be_visible()
    expect(page.locator("[data-grid]")).to_be_hidden()
    assert_accessible()
    page.locator(".view-switch").get_by_text("Claim").click()
    expect(page.locator("[data-chart]")).to_be_hidden()
    page.locator("[name=dx-1-code]").fill("I10")
    assert_accessible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    saved(page)


def test_a_case_works_without_script(browser, live_server, sign_in, books, learner, context):
    save_case("wrist")
    save_quiz(("wrist", "alone"))
    sign_in(learner)
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()
    page.goto(f"{live_server.url}{reverse('quizzes:practice_list')}")
    page.get_by_role("button", name="Start Cases").click()
    assert codes(page) == ["", "", ""]
    page.locator("[name=dx-2-code]").fill("E11.22")
    page.locator("[name=px-1-code]").fill("J1885")
    page.locator("[name=px-1-pointers]").fill("2")
    page.get_by_label("Certain").check()
    page.get_by_role("button", name="Hand in").click()
    answer = Response.objects.get().answer["claim"]
    assert answer["diagnoses"] == [{"code": "E11.22", "role": "first_listed", "poa": ""}]
    assert answer["procedures"][0]["pointers"] == [1]
    plain.close()


def test_codes_are_put_in_order_with_the_keyboard(practice, live_server, assert_accessible):
    page, keys = practice, practice.keyboard
    options = [
        {"id": letter, "code": school.cm(code), "why": "WHYTEXT"}
        for letter, code in (("a", "E11.22"), ("b", "H65.01"), ("c", "I10"))
    ]
    content = {"systems": ("icd10cm",), "service_date": school.ON, "stem": "In order?", "rationale": "So."}
    spec = ItemContent(kind="sequencing", options=options, key=["c", "a", "b"], **content)
    items.save_item(spec=ItemSpec("order", "icd-10-cm", "easy", spec), by=None)
    save_quiz(("order", "alone"))
    page.goto(f"{live_server.url}{reverse('quizzes:practice_list')}")
    page.get_by_role("button", name="Start Cases").press("Enter")
    assert_accessible()
    lines = page.locator("[data-option]")
    page.get_by_role("button", name="Move I10 up").focus()
    keys.press("Enter")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Move I10 up")).to_be_focused()
    expect(lines.locator(".code")).to_have_text(["I10", "E11.22", "H65.01"])
    expect(page.get_by_label("Place of I10")).to_have_value("1")
    page.get_by_label("Certain").check()
    page.get_by_role("button", name="Check answer").click()
    expect(page.locator("[data-verdict]")).to_be_visible()
    assert Response.objects.get().answer == {"order": ["c", "a", "b"]}
