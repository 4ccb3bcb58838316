"""A whole exam by keyboard alone, and every page of exams as axe and a narrow screen see it."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from quizzes.models import Attempt, Blueprint, Exam, ItemVersion, Release
from quizzes.services.starting import start_attempt
from quizzes.statistics import ENOUGH
from tests.browser.test_exam import kept, words
from tests.browser.test_exam_sitting import QUERIES, marks, select
from tests.quizzes import school
from tests.quizzes.exam_hall import sit, students
from tests.quizzes.services.test_blueprints import OUTLINE

pytestmark = pytest.mark.django_db(transaction=True)

MOST_STOPS = 90  # of the Tab key on one page


@pytest.fixture
def form(transactional_db) -> Exam:
    """Items 1 and 2: single best answers; 3: many; 4: a code; 5: a case; 6: an audit; 7: an order."""
    school.make_release()
    claims = [
        school.coded_case("case", options=QUERIES),
        school.audit("audited"),
        school.sequencing("ordered"),
    ]
    exam = school.make_exam("mock", [*school.mixed("mock"), *claims], minutes=60)
    Exam.objects.filter(pk=exam.pk).update(release=Release.BY_INSTRUCTOR)
    exam.refresh_from_db()
    return exam


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the focus is there, and sees it there."""
    for _ in range(MOST_STOPS):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not come to {selector}")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def shown(page: Page, selector: str) -> list[str]:
    return page.locator(f"{selector}:visible").all_inner_texts()


def test_a_whole_exam_by_keyboard_alone(page: Page, live_server, sign_in, form, learner):
    sign_in(learner)
    page.goto(live_server.url + reverse("quizzes:exam_list"))
    tab_to(page, "a[href$='/exams/mock/']")
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mock")
    tab_to(page, "#start button")
    press(page, "Enter")
    page.wait_for_selector("[data-ready]")
    attempt = Attempt.objects.get()

    press(page, "b", "Shift+A", "f")
    tab_to(page, "[data-item='1'] [name=sure]")
    press(page, "Space", "ArrowRight", "ArrowRight")
    tab_to(page, "#own-1")
    page.keyboard.type("read it again")
    tab_to(page, "[data-move='1']")
    select(page, "visit: mock")  # as caret browsing does, which is the browser's own
    press(page, "m")
    assert marks(page) == ["visit: mock"]
    expect(words(page)).to_contain_text("Saved ")

    press(page, "j", "3")
    expect(page.get_by_role("heading", name="Item 2 of 7")).to_be_focused()
    press(page, "j", "b", "e")
    press(page, "j")
    tab_to(page, "#code-4")
    page.keyboard.type("e1122")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Item 5 of 7")).to_be_focused()

    tab_to(page, "[name=dx-1-code]")
    page.keyboard.type("h6501")
    press(page, "Enter")
    page.keyboard.type("e1122")
    tab_to(page, "[data-item='5'] [name=query]")
    press(page, "ArrowDown")
    expect(words(page)).to_contain_text("Saved ")
    tab_to(page, "[data-palette] [data-go]")
    press(page, "ArrowRight", "Enter")
    expect(page.get_by_role("heading", name="Item 6 of 7")).to_be_focused()
    tab_to(page, "[data-keep-coded]")
    press(page, "Enter", "j")
    tab_to(page, "[data-item='7'] [data-sequence] button:not([disabled])")
    press(page, "Enter")
    expect(words(page)).to_contain_text("Saved ")

    tab_to(page, "[data-palette] [name=shown-items]")
    press(page, "ArrowRight", "ArrowRight")
    assert shown(page, "[data-palette] [data-go]") == ["1"]
    tab_to(page, "[data-palette] [data-go]")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Item 1 of 7")).to_be_focused()

    press(page, "r")
    expect(page.get_by_role("heading", name="Review before you hand in")).to_be_visible()
    tab_to(page, "[name=shown-items]")
    press(page, "ArrowRight")
    assert shown(page, ".rev a") == []
    expect(page.get_by_text("Every item has an answer.").first).to_be_visible()
    press(page, "ArrowRight")
    assert len(shown(page, ".rev a")) == 1
    tab_to(page, "[name=confirm]")
    press(page, "Space")
    tab_to(page, "#hand-in button.btn-1")
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mock: handed in")
    expect(page.locator(".lede")).to_contain_text("7 of 7 answers received.")

    first = kept(attempt, 1)
    assert (first.answer, first.struck, first.flagged) == ({"choice": "b"}, ["a"], True)
    assert (first.sure, first.note) == (3, "read it again")
    assert kept(attempt, 2).answer == {"choice": "c"}
    assert kept(attempt, 3).answer == {"choices": ["b", "e"]}
    assert kept(attempt, 4).answer["code"] == "E11.22"
    case = kept(attempt, 5).answer
    assert [line["code"] for line in case["claim"]["diagnoses"]] == ["H65.01", "E11.22"]
    assert case["query"]
    assert len(kept(attempt, 6).answer["claim"]["diagnoses"]) == 3
    assert sorted(kept(attempt, 7).answer["order"]) == ["a", "b", "c"]


@pytest.fixture
def look(page: Page, live_server, assert_accessible):
    """Opens a page and judges it, in both schemes and without a scroll bar to the side."""

    def at(address: str, ready: str = "h1") -> None:
        page.goto(live_server.url + address)
        page.locator(ready).first.wait_for(state="attached")
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], address
        assert_accessible()

    return at


@pytest.fixture(params=[1366, 320])
def width(request, page: Page) -> int:
    page.set_viewport_size({"width": request.param, "height": 768})
    return request.param


def test_every_page_of_a_student(width, look, page, sign_in, form, learner):
    released = school.make_exam("released", [school.single_best("r-1"), school.audit("r-2")], minutes=60)
    report = sit(released, learner, {1: {"choice": "a"}})
    waiting = school.make_exam("waiting", [school.single_best("w-1")], minutes=60)
    Exam.objects.filter(pk=waiting.pk).update(release=Release.BY_INSTRUCTOR)
    receipt = sit(waiting, learner, {1: {"choice": "b"}})
    sign_in(learner)
    look(reverse("quizzes:exam_list"))
    look(reverse("quizzes:exam_lobby", args=["mock"]))
    attempt = start_attempt(exam=form, by=learner)
    look(reverse("quizzes:exam_lobby", args=["mock"]))
    for item in range(1, 8):
        look(f"{reverse('quizzes:attempt', args=[attempt.pk])}?item={item}", "[data-ready]")
    look(reverse("quizzes:attempt_review", args=[attempt.pk]))
    look(reverse("quizzes:report", args=[receipt.pk]))
    look(reverse("quizzes:report", args=[report.pk]))


def test_every_page_of_an_instructor(width, look, page, sign_in, form, admin, cohort, learner):
    Exam.objects.filter(pk=form.pk).update(created_by=admin)
    for number, user in enumerate(students(ENOUGH, cohort)):
        sit(form, user, {1: {"choice": "ab"[number % 2]}, 2: {"choice": "abcd"[number % 4]}})
    start_attempt(exam=form, by=learner)
    sections = [{"kinds": [], "care": [], "domains": [one["domain"]], **one} for one in OUTLINE["sections"]]
    Blueprint.objects.create(**{**OUTLINE, "slug": "small", "sections": sections})
    version = ItemVersion.objects.get(item__slug="mock-first")
    sign_in(admin)
    for name in ("exam_results_list", "sitting_list", "exam_making", "exam_new", "blueprint_list"):
        look(reverse(f"quizzes:{name}"))
    for name in ("blueprint", "blueprint_confirm"):
        look(reverse(f"quizzes:{name}", args=["small"]))
    for name in ("exam_results", "exam_items", "sittings", "exam_edit", "exam_check", "cut_score"):
        look(reverse(f"quizzes:{name}", args=["mock"]))
    look(reverse("quizzes:exam_release", args=["mock"]))
    look(reverse("quizzes:exam_section_items", args=["mock", form.sections.first().pk]))
    look(reverse("quizzes:exam_item", args=["mock", "mock-first", version.number]))
