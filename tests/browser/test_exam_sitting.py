"""A sitting beside its answers: marks, sureness, time on screen, cases, clock, list of items, review."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from quizzes.models import Attempt, Exam, Response
from quizzes.services.extra_time import grant_extra_time
from quizzes.services.starting import start_attempt
from tests.browser.test_exam import ends_in, kept, words
from tests.quizzes import school

pytestmark = pytest.mark.django_db(transaction=True)

QUERIES = [{"id": one, "text": f"Query {one}?", "why": f"WHYTEXT {one}"} for one in "ab"]


@pytest.fixture
def form(transactional_db) -> Exam:
    """Items 1 and 2: single best answers; 3: many; 4: a code; 5: a case; 6: an audit."""
    school.make_release()
    cases = [school.coded_case("case", options=QUERIES), school.audit("audited")]
    return school.make_exam("mock", [*school.mixed("mock"), *cases], minutes=12)


@pytest.fixture
def sitting(form, learner) -> Attempt:
    return start_attempt(exam=form, by=learner)


@pytest.fixture
def seat(page: Page, live_server, sign_in, sitting, learner):
    sign_in(learner)
    page.set_default_timeout(10_000)

    def sit(item: int = 1, at: Page = page) -> Page:
        at.goto(f"{live_server.url}{reverse('quizzes:attempt', args=[sitting.pk])}?item={item}")
        at.wait_for_selector("[data-ready]")
        return at

    return sit


def select(page: Page, text: str, within: str = "[data-item]:not([hidden])") -> None:
    """Selects words as a mouse or caret browsing does."""
    page.evaluate(
        """([text, within]) => {
            const walker = document.createTreeWalker(document.querySelector(within), NodeFilter.SHOW_TEXT);
            const nodes = [];
            while (walker.nextNode()) nodes.push(walker.currentNode);
            const start = nodes.map((node) => node.data).join("").indexOf(text);
            if (start < 0) throw new Error(text);
            const point = (at) => {
                for (const node of nodes) {
                    if (at <= node.data.length) return [node, at];
                    at -= node.data.length;
                }
            };
            getSelection().setBaseAndExtent(...point(start), ...point(start + text.length));
        }""",
        [text, within],
    )


def marks(page: Page) -> list[str]:
    return page.locator("[data-item]:not([hidden]) mark[data-highlight]").all_inner_texts()


def codes(page: Page) -> list[str]:
    boxes = page.locator("[data-item]:not([hidden]) [data-part=dx] [data-cell=code]")
    return [box.input_value() for box in boxes.all()]


def wait_here(page: Page, attempt: Attempt, answer: dict) -> None:
    """Puts an answer to item 1 among those that the device keeps, made on top of revision 1."""
    page.evaluate(
        """([user, attempt, answer]) => new Promise((resolve) => {
            const request = indexedDB.open("chartroom-answers", 1);
            request.onsuccess = () => {
                const change = request.result.transaction("unsent", "readwrite");
                const draft = {answer, flagged: false, struck: [], note: ""};
                change.objectStore("unsent").put({sent: null, draft, base: 1}, [user, attempt, 1]);
                change.oncomplete = resolve;
            };
        })""",
        [str(attempt.user_id), str(attempt.pk), answer],
    )


class TestMarks:
    def test_words_are_marked_kept_and_unmarked(self, seat, sitting, page, assert_accessible):
        seat(1)
        select(page, "visit: mock")
        page.keyboard.press("m")
        assert marks(page) == ["visit: mock"]
        expect(words(page)).to_contain_text("Saved ")
        assert [(one["document"], one["start"], one["end"]) for one in kept(sitting, 1).highlights] == [
            (-1, 2, 13)
        ]
        assert_accessible()

        seat(1)
        assert marks(page) == ["visit: mock"]
        select(page, "visit")
        page.locator("[data-item='1'] [data-mark]").click()
        assert marks(page) == []
        expect(words(page)).to_contain_text("Saved ")
        assert kept(sitting, 1).highlights == []

    def test_marks_that_touch_become_one_and_the_list_takes_one_away(self, seat, sitting, page):
        seat(5)
        chart = "[data-item='5'] [data-document='0']"
        for text in ("Right serous", "serous otitis", "acute"):
            select(page, text, chart)
            page.keyboard.press("m")
        assert marks(page) == ["Right serous otitis", "acute"]
        page.get_by_role("button", name="Remove the mark of “Right serous otitis”").press("Enter")
        expect(page.get_by_role("button", name="Remove the mark of “acute”")).to_be_focused()
        expect(words(page)).to_contain_text("Saved ")
        assert marks(page) == ["acute"]
        assert [one["document"] for one in kept(sitting, 5).highlights] == [0]

    def test_without_a_selection_nothing_is_marked(self, seat, page):
        seat(1)
        page.keyboard.press("m")
        expect(page.locator("[data-mark-said]")).to_have_text("Select words of the text first.")
        assert marks(page) == []


class TestBesideTheAnswer:
    def test_how_sure_is_kept_and_shown_again(self, seat, sitting, page):
        seat(1)
        page.keyboard.press("b")
        page.locator("[data-item='1']").get_by_label("Fairly sure").check()
        expect(words(page)).to_contain_text("Saved ")
        page.wait_for_timeout(600)
        assert (kept(sitting, 1).answer, kept(sitting, 1).sure) == ({"choice": "b"}, 3)
        seat(2)
        page.keyboard.press("k")
        expect(page.locator("[data-item='1']").get_by_label("Fairly sure")).to_be_checked()
        expect(page.locator("[data-item='1'] [value='b'][name=choice]")).to_be_checked()

    def test_the_time_on_screen_goes_along_and_goes_by_itself_when_an_item_is_left(self, seat, sitting, page):
        school.move(sitting, seconds=60)  # nobody looked longer than the attempt is old
        seat(1)
        page.keyboard.press("b")
        expect(words(page)).to_contain_text("Saved ")
        page.wait_for_timeout(3500)
        assert kept(sitting, 1).seconds < 3
        page.keyboard.press("j")
        page.keyboard.press("k")
        expect(words(page)).to_contain_text("Saved ")
        page.wait_for_timeout(500)
        first = kept(sitting, 1)
        assert 3 <= first.seconds <= 6
        assert (first.answer, first.revision) == ({"choice": "b"}, 2)
        assert kept(sitting, 2).revision == 1

    def test_time_alone_overwrites_no_answer_of_another_device(self, seat, sitting, page, console):
        school.move(sitting, seconds=60)
        seat(1)
        school.save(sitting, 1, {"choice": "c"})
        page.wait_for_timeout(3500)
        page.keyboard.press("j")
        page.keyboard.press("k")
        expect(page.locator("[data-item='1'] [value='c'][name=choice]")).to_be_checked()
        expect(page.locator(".two-answers")).to_have_count(0)
        assert kept(sitting, 1).answer == {"choice": "c"}
        console.clear()

    def test_a_look_from_another_window_raises_no_question(self, seat, sitting, page, console):
        seat(1)
        school.save(sitting, 1, None, seconds=4)
        page.keyboard.press("b")
        expect(words(page)).to_contain_text("Saved ")
        expect(page.locator(".two-answers")).to_have_count(0)
        assert (kept(sitting, 1).answer, kept(sitting, 1).revision) == ({"choice": "b"}, 2)
        console.clear()

    def test_an_answer_given_before_the_script_ran_is_saved(self, seat, sitting, page):
        page.add_init_script(
            """document.addEventListener("readystatechange", () => {
                document.querySelector("[data-item='1'] [name=choice][value=d]")?.click();
            })"""
        )
        seat(1)
        expect(words(page)).to_contain_text("Saved ")
        assert kept(sitting, 1).answer == {"choice": "d"}


class TestCases:
    def test_a_case_is_coded_offline_and_sent_when_back(
        self, seat, sitting, page, context: BrowserContext, console, assert_accessible
    ):
        seat(4)
        context.set_offline(True)
        page.keyboard.press("j")
        expect(page.locator("[data-item='5'] .chart")).to_contain_text("Right serous otitis media, acute.")
        page.locator("[data-item='5'] [name=dx-1-code]").focus()
        page.keyboard.type("h6501")
        page.keyboard.press("Enter")
        page.keyboard.type("e1122")
        page.keyboard.press("Enter")
        page.locator("[data-item='5']").get_by_label("Query b?").check()
        expect(words(page)).to_contain_text("Offline - kept on this device.")
        assert_accessible()
        page.close()
        context.set_offline(False)
        again = seat(1, context.new_page())
        expect(again.locator("[data-go='5']")).to_have_attribute("aria-label", "Item 5, answered")
        again.keyboard.press("j")
        for _ in range(3):
            again.keyboard.press("j")
        expect(words(again)).to_contain_text("Saved ")
        assert codes(again) == ["H65.01", "E11.22", ""]
        answer = kept(sitting, 5).answer
        assert [line["code"] for line in answer["claim"]["diagnoses"]] == ["H65.01", "E11.22"]
        assert answer["query"] == "b"
        console.clear()

    def test_a_case_offers_no_check_no_search_and_no_title(self, seat, page):
        asked = []
        seat(5)
        page.on("request", lambda one: asked.append(one.url))
        page.locator("[data-item='5'] [name=dx-1-code]").focus()
        page.keyboard.type("E11.22")
        page.keyboard.press("Enter")
        expect(words(page)).to_contain_text("Saved ")
        assert [url for url in asked if "/codesets/" in url or "search" in url] == []
        expect(page.get_by_text("Check my claim")).to_have_count(0)
        expect(page.locator("[data-item='5'] [data-title]").first).to_have_text("")

    def test_a_claim_that_is_shown_again_is_not_saved_again(self, seat, sitting, page):
        line = {"code": "I10", "role": "first_listed"}
        school.save(sitting, 5, {"claim": {"diagnoses": [line], "procedures": []}, "query": "a"})
        sent = []
        page.on("request", lambda one: one.method == "PUT" and sent.append(one.url))
        seat(5)
        assert codes(page) == ["I10", ""]
        page.wait_for_timeout(600)
        assert sent == []

    def test_an_audit_that_was_only_looked_at_is_passed_over(self, seat, sitting, page):
        seat(6)
        assert codes(page) == ["H65.02", "E11.22", "I10", ""]
        page.keyboard.press("k")
        expect(page.locator("[data-go='6']")).to_have_attribute("aria-label", "Item 6, passed over")
        page.keyboard.press("j")
        expect(words(page)).to_contain_text("Saved ")
        assert (kept(sitting, 6).revision, kept(sitting, 6).answer) == (1, None)
        page.get_by_role("button", name="leave it as it was coded").press("Enter")
        expect(page.locator("[data-go='6']")).to_have_attribute("aria-label", "Item 6, answered")
        expect(words(page)).to_contain_text("Saved ")
        page.wait_for_timeout(500)
        lines = kept(sitting, 6).answer["claim"]["diagnoses"]
        assert [line["code"] for line in lines] == ["H65.02", "E11.22", "I10"]

    def test_on_a_phone_chart_and_claim_take_turns(self, seat, page, assert_accessible):
        page.set_viewport_size({"width": 320, "height": 720})
        seat(5)
        item = page.locator("[data-item='5']")
        expect(item.locator(".chart")).to_be_visible()
        expect(item.locator("[data-grid]")).to_be_hidden()
        item.locator(".view-switch label", has_text="Claim").click()
        expect(item.locator("[data-grid]")).to_be_visible()
        expect(item.locator(".chart")).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert_accessible()

    def test_two_claims_are_told_apart_by_their_codes(self, seat, sitting, page, console):
        seat(5)
        line = {"code": "I10", "role": "first_listed"}
        school.save(sitting, 5, {"claim": {"diagnoses": [line], "procedures": []}, "query": None})
        page.locator("[data-item='5'] [name=dx-1-code]").fill("H65.01")
        page.locator("[data-item='5'] [name=dx-1-code]").blur()
        box = page.locator(".two-answers")
        expect(box).to_contain_text("The server has I10")
        expect(box).to_contain_text("Here you have H65.01")
        box.get_by_role("button", name="The one that the server has").press("Enter")
        assert codes(page) == ["I10", ""]
        console.clear()


class TestClock:
    def test_extra_time_is_announced_and_the_clock_follows(self, seat, sitting, page, admin):
        seat(1)
        expect(page.locator("[data-given]")).to_have_text("12 min")
        page.wait_for_timeout(1500)  # the first pulse was heard
        grant_extra_time(attempt_ids=[sitting.pk], minutes=10, reason="Fire alarm.", by=admin)
        said = "10 minutes were added. You have 22 minutes left."
        expect(page.locator("[data-announce]")).to_have_text(said, timeout=15_000)
        expect(page.locator("[data-notice]")).to_have_text(said)
        expect(page.locator("[data-given]")).to_have_text("22 min")
        expect(page.locator("[data-clock] b")).to_have_text(re.compile("^2[12]:"))  # at its next tick

    def test_the_page_opens_with_the_time_by_which_it_was_sent_and_asks_for_no_other(
        self, seat, sitting, page
    ):
        """Though its scripts are slow to come."""
        asked = []
        page.on("request", lambda one: asked.append(one.url) if one.url.endswith("/clock/") else None)

        def slowly(route):
            page.wait_for_timeout(4000)
            route.continue_()

        page.route("**/exam/clock*.js", slowly)
        seat(1)
        shown = page.locator("[data-clock] b").inner_text()
        sitting.refresh_from_db()
        left = (sitting.deadline_at - school.server_now()).total_seconds()
        minutes, seconds = map(int, shown.split(":"))
        assert abs(60 * minutes + seconds - left) < 2
        with page.expect_response("**/pulse/"):
            pass
        assert asked == []

    def test_time_that_is_given_after_the_end_opens_the_page_again(self, seat, sitting, page, admin):
        ends_in(sitting, 3)
        seat(1)
        expect(page.locator("[data-time-up]")).to_be_visible(timeout=10_000)
        expect(page.locator("[data-item='1'] [value='b'][name=choice]")).to_be_disabled()
        grant_extra_time(attempt_ids=[sitting.pk], minutes=10, reason="Fire alarm.", by=admin)
        expect(page.locator("[data-item='1'] [value='b'][name=choice]")).to_be_enabled(timeout=10_000)
        expect(page.locator("[data-time-up]")).to_be_hidden()
        page.keyboard.press("b")
        expect(words(page)).to_contain_text("Saved ")
        assert kept(sitting, 1).answer == {"choice": "b"}

    def test_without_a_clock_everything_else_works(self, seat, sitting, page, assert_accessible):
        Attempt.objects.filter(pk=sitting.pk).update(minutes=None, deadline_at=None)
        seat(1)
        expect(page.locator(".bar .clock")).to_have_text("No clock")
        page.keyboard.press("b")
        expect(words(page)).to_contain_text("Saved ")
        assert_accessible()
        page.keyboard.press("r")
        expect(page.get_by_role("heading", name="Review before you hand in")).to_be_visible()
        expect(page.locator(".lede")).not_to_contain_text("until")
        assert_accessible()

    def test_the_review_page_has_the_clock_too(self, seat, sitting, page):
        ends_in(sitting, 61)
        seat(1)
        page.keyboard.press("r")
        expect(page.get_by_role("heading", name="Review before you hand in")).to_be_visible()
        expect(page.locator("[data-clock]")).to_have_class("clock end last", timeout=10_000)


class TestBooks:
    def test_with_the_books_open_the_book_stands_beside_the_item(self, seat, page):
        seat(1)
        page.keyboard.press("o")
        expect(page.locator("[data-book-pane]")).to_be_visible()

    def test_with_the_books_closed_there_is_no_way_into_them(self, seat, form, page):
        Exam.objects.filter(pk=form.pk).update(books=False)
        seat(1)
        page.keyboard.press("o")
        expect(page.locator("[data-book-pane]")).to_have_count(0)
        expect(page.locator("a[href*='/codesets/'], a[href*='/books/']")).to_have_count(0)
        page.keyboard.press("b")
        expect(words(page)).to_contain_text("Saved ")


class TestPalette:
    def test_it_shows_what_is_flagged_or_unanswered(self, seat, page, assert_accessible):
        seat(1)
        page.keyboard.press("b")
        page.keyboard.press("j")
        page.keyboard.press("f")
        shown = page.locator("[data-palette] [data-go]:visible")
        page.get_by_label("Flagged", exact=True).check(force=True)
        assert shown.all_inner_texts() == ["2"]
        assert_accessible()
        page.get_by_label("No answer", exact=True).check(force=True)
        assert shown.all_inner_texts() == ["2", "3", "4", "5", "6"]
        page.keyboard.press("f")
        page.get_by_label("Flagged", exact=True).check(force=True)
        assert shown.all_inner_texts() == []
        expect(page.get_by_text("No item is flagged.")).to_be_visible()

    def test_it_is_one_stop_and_the_arrows_move_in_it(self, seat, page):
        seat(2)
        stops = page.locator("[data-palette] [data-go][tabindex='0']")
        assert stops.all_inner_texts() == ["2"]
        page.locator("[data-go='2']").focus()
        page.keyboard.press("ArrowLeft")
        expect(page.locator("[data-go='1']")).to_be_focused()
        page.keyboard.press("ArrowDown")
        expect(page.locator("[data-go='3']")).to_be_focused()
        page.keyboard.press("End")
        expect(page.locator("[data-go='6']")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Item 6 of 6")).to_be_focused()
        assert stops.all_inner_texts() == ["6"]


class TestReview:
    def test_it_lists_what_is_left_by_section(self, seat, sitting, page, live_server, assert_accessible):
        line = {"code": "I10", "role": "first_listed"}
        school.save(sitting, 5, {"claim": {"diagnoses": [line], "procedures": []}, "query": None})
        seat(1)
        page.keyboard.press("f")
        expect(words(page)).to_contain_text("Saved ")
        page.keyboard.press("r")
        rows = page.locator(".rev a:visible")
        expect(rows).to_have_count(6)
        assert rows.nth(4).inner_text().split() == ["5", "Answered:", "I10"]
        page.get_by_label("No answer", exact=True).check(force=True)
        expect(rows).to_have_count(5)
        page.get_by_label("Flagged", exact=True).check(force=True)
        expect(rows).to_have_count(1)
        expect(page.locator(".sec h2:visible")).to_have_count(2)  # the section of item 1, and handing in
        assert_accessible()

    def test_nothing_is_handed_in_while_an_answer_waits_here(self, seat, sitting, page, console):
        seat(1)
        page.keyboard.press("r")
        expect(page.get_by_role("heading", name="Review before you hand in")).to_be_visible()
        page.route("**/responses/1/", lambda route: route.abort())
        wait_here(page, sitting, {"choice": "c"})
        page.get_by_label("I have finished.").check()
        page.get_by_role("button", name="Hand in", exact=True).click()
        expect(page.locator("[data-unsent]")).to_contain_text("On this device, not yet received: item 1.")
        sitting.refresh_from_db()
        assert sitting.state == "open"
        page.unroute("**/responses/1/")
        page.get_by_role("button", name="Hand in", exact=True).click()
        expect(page.locator(".rev a").first).to_contain_text("Answered: C")
        assert Response.objects.get(attempt=sitting, position=1).answer == {"choice": "c"}
        sitting.refresh_from_db()
        assert sitting.state == "open"
        console.clear()

    def test_it_takes_no_answer_of_this_device_for_an_older_one(self, seat, sitting, page, console):
        """Two answers exist: the one that waits here is not dropped for the one that the server has."""
        seat(1)
        page.keyboard.press("r")
        expect(page.get_by_role("heading", name="Review before you hand in")).to_be_visible()
        school.save(sitting, 1, {"choice": "d"}, revision=2)
        wait_here(page, sitting, {"choice": "c"})
        page.reload()
        expect(page.locator("[data-unsent]")).to_contain_text("On this device, not yet received: item 1.")
        assert kept(sitting, 1).answer == {"choice": "d"}
        seat(1)
        expect(page.locator(".two-answers")).to_contain_text("Here you have C")
        console.clear()
