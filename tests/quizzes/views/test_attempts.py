import json

import pytest
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse

from quizzes.models import Attempt, LateAnswer, Response
from quizzes.pulse import Grants
from quizzes.services.extra_time import grant_extra_time
from quizzes.services.starting import start_attempt
from quizzes.templatetags import sitting as sitting_tags
from quizzes.views import attempts as views
from quizzes.views.claims import EMPTY_ROWS
from tests.quizzes import school
from tests.quizzes.views.pages import assert_no_secret, get, post, signed_in


@pytest.fixture
def client(learner):
    return signed_in(learner)


def at(attempt: Attempt, position: int) -> str:
    return f"{reverse('quizzes:attempt', args=[attempt.pk])}?item={position}"


def save(client, attempt: Attempt, position: int, **fields):
    """Fills in the form of an item as a browser without script would, and sends it."""
    form = f'[data-item="{position}"] form'
    page = get(client, at(attempt, position))
    return post(client, page.action(form), {**page.form(form), **fields})


def kept(attempt: Attempt, position: int) -> Response:
    return Response.objects.get(attempt=attempt, position=position)


def test_the_sitting_holds_every_item_and_no_word_of_the_key(client, sitting):
    page = get(client, reverse("quizzes:attempt", args=[sitting.pk]))
    assert page.texts(".stem p") == [
        "A visit: mock-first?",
        "A visit: mock-second?",
        "A visit: mock-many?",
        "A visit: mock-code?",
    ]
    assert [item.get("data-item") for item in page.all("[data-item]:not([hidden])")] == ["1"]
    assert_no_secret(page)


def test_an_item_that_one_student_answered_is_shown_to_another_without_that_answer(
    client, sitting, mock, outsider
):
    """Items are rendered once for all who see them in the same state, and only for those."""
    save(client, sitting, 1, choice="c", flagged="1", struck=["a"], note="PRIVATENOTE")
    mine = get(client, at(sitting, 1))
    theirs = signed_in(outsider)
    theirs.post(reverse("quizzes:exam_start", args=[mock.slug]))
    page = get(theirs, at(Attempt.objects.get(user=outsider), 1))
    checked = '[data-item="1"] [checked]'
    assert [box.get("value") for box in mine.all(checked)] == ["1", "a", "c"]
    assert page.all(checked) == []
    assert "PRIVATENOTE" in mine.raw
    assert "PRIVATENOTE" not in page.raw


@pytest.mark.parametrize(
    "answer",
    [
        {"code": "99213", "system": "cpt"},
        {"claim": {"diagnoses": [], "procedures": [{"code": "99213", "system": "cpt"}]}},
    ],
)
def test_the_review_names_the_owner_of_a_number_of_cpt(client, sitting, answer):
    review = reverse("quizzes:attempt_review", args=[sitting.pk])
    assert get(client, review).all(".cpt-notice") == []
    sitting.responses.filter(position=4).update(answer=answer, revision=1, saved_at=Now())
    assert "CPT is a registered trademark" in get(client, review).text(".cpt-notice")


def test_two_students_get_the_same_items_byte_for_byte(client, sitting, mock, outsider):
    theirs = signed_in(outsider)
    theirs.post(reverse("quizzes:exam_start", args=[mock.slug]))
    other = Attempt.objects.get(user=outsider)
    pages = [get(client, at(sitting, 1)), get(theirs, at(other, 1))]
    assert pages[0].texts(".opt") == pages[1].texts(".opt")
    assert len(pages[0].texts(".opt")) == 13


def test_a_mock_exam_is_sat_and_handed_in_without_script(client, sitting):
    page = save(client, sitting, 1, choice="b", flagged="1", struck=["a", "d"], note="sure")
    assert page.all("[data-item]:not([hidden])")[0].get("data-item") == "2"
    first = kept(sitting, 1)
    assert (first.answer, first.flagged, first.struck, first.note) == (
        {"choice": "b"},
        True,
        ["a", "d"],
        "sure",
    )
    save(client, sitting, 3, choices=["b", "e"])
    save(client, sitting, 4, code="e1122")
    page = save(client, sitting, 2)
    assert [link.get("aria-label") for link in page.all("[data-go]")] == [
        "Item 1, answered, flagged",
        "Item 2, passed over",
        "Item 3, answered",
        "Item 4, answered",
    ]

    page = get(client, reverse("quizzes:attempt_review", args=[sitting.pk]))
    assert page.texts(".rev a") == [
        "1 Answered: B Flagged",
        "2 Passed over",
        "3 Answered: B and E",
        "4 Answered: E11.22",
    ]
    assert page.texts(".score dd") == ["3 of 4", "1 1 passed over, 0 not seen", "1 to see again"]
    assert "1 item has no answer and will count as wrong." in page.text()
    assert_no_secret(page)

    page = post(client, page.action("main form"), {})
    assert "Nothing was handed in." in page.text("main form")
    sitting.refresh_from_db()
    assert sitting.state == "open"

    page = post(client, page.action("main form"), {"confirm": "1"})
    assert page.url == reverse("quizzes:report", args=[sitting.pk])
    assert "Handed in" in page.text(".lede")
    assert "3 of 4 answers received." in page.text(".lede")


def test_an_answer_from_another_window_is_not_overwritten_unseen(client, sitting):
    page = get(client, at(sitting, 1))
    school.save(sitting, 1, {"choice": "c"})
    form = '[data-item="1"] form'
    page = post(client, page.action(form), {**page.form(form), "choice": "a"})
    assert "Item 1 was answered in another window meanwhile" in page.text(".messages")
    assert kept(sitting, 1).answer == {"choice": "c"}
    assert page.one('[data-item="1"] [name=choice][checked]').get("value") == "c"


def test_an_answer_that_the_item_does_not_have_is_refused_in_words(client, sitting):
    page = save(client, sitting, 1, choice="z")
    assert "Item 1 was not saved" in page.text(".messages")
    assert kept(sitting, 1).revision == 0


def test_opening_an_overdue_sitting_closes_it_and_shows_the_report(client, sitting):
    school.save(sitting, 1, {"choice": "b"})
    school.move(sitting, minutes=13)
    page = get(client, reverse("quizzes:attempt", args=[sitting.pk]))
    assert page.url == reverse("quizzes:report", args=[sitting.pk])
    assert page.text(".lede").startswith("Closed by the server when time was up")
    assert "1 of 4 answers received." in page.text(".lede")
    sitting.refresh_from_db()
    assert sitting.finished_at == sitting.deadline_at


def test_an_answer_after_closing_is_late_and_said_so(client, sitting):
    page = get(client, at(sitting, 1))
    school.move(sitting, minutes=13)
    form = '[data-item="1"] form'
    page = post(client, page.action(form), {**page.form(form), "choice": "b"})
    assert page.url == reverse("quizzes:report", args=[sitting.pk])
    assert "arrived after closing: it is kept as late and not graded" in page.text(".messages")
    assert LateAnswer.objects.get().answer == {"choice": "b"}
    assert kept(sitting, 1).answer is None


def test_handing_in_twice_changes_nothing(client, sitting):
    submit = reverse("quizzes:attempt_submit", args=[sitting.pk])
    post(client, submit, {"confirm": "1"})
    sitting.refresh_from_db()
    finished = sitting.finished_at
    page = post(client, submit, {"confirm": "1"})
    sitting.refresh_from_db()
    assert sitting.finished_at == finished
    assert page.url == reverse("quizzes:report", args=[sitting.pk])


@pytest.mark.parametrize("name", ["attempt", "attempt_review", "attempt_submit", "report"])
def test_another_students_attempt_does_not_exist(sitting, outsider, name):
    school.save(sitting, 1, {"choice": "b"}, note="PRIVATENOTE")
    theirs = signed_in(outsider)
    url = reverse(f"quizzes:{name}", args=[sitting.pk])
    response = theirs.post(url, {"confirm": "1"}) if name == "attempt_submit" else theirs.get(url)
    assert response.status_code == 404
    assert b"PRIVATENOTE" not in response.content
    sitting.refresh_from_db()
    assert sitting.state == "open"


def test_an_instructor_of_the_cohort_cannot_sit_in_the_students_place(cohort, sitting, instructor):
    theirs = signed_in(instructor)
    assert theirs.get(reverse("quizzes:attempt", args=[sitting.pk])).status_code == 404
    assert theirs.post(at(sitting, 1), {"revision": 1, "choice": "a"}).status_code == 404
    assert kept(sitting, 1).revision == 0


def test_the_page_asks_as_often_for_four_items_as_for_forty(
    client, mock, sitting, learner, django_assert_num_queries
):
    get(client, at(sitting, 1))  # from here on the process knows the items
    with django_assert_num_queries(6):  # 2 for the person, the attempt, is it overdue, the clock, the answers
        get(client, at(sitting, 1))
    long = school.make_exam("long", [school.single_best(f"long-{n}") for n in range(40)], minutes=60)
    client.post(reverse("quizzes:exam_start", args=[long.slug]))
    attempt = Attempt.objects.get(exam=long)
    get(client, at(attempt, 1))
    with django_assert_num_queries(6):
        assert len(get(client, at(attempt, 1)).texts(".stem")) == 40


def test_the_review_says_an_order_in_letters(books, client, learner):
    exam = school.make_exam("order", [school.sequencing("one")], minutes=9)
    attempt = start_attempt(exam=exam, by=learner)
    school.save(attempt, 1, {"order": ["c", "a", "b"]})
    page = get(client, reverse("quizzes:attempt_review", args=[attempt.pk]))
    assert page.texts(".rev a") == ["1 Answered: C, A, B"]


LINES = {"diagnoses": [{"code": "H65.01", "role": "first_listed"}], "procedures": []}


@pytest.fixture
def cases(books, learner) -> Attempt:
    """Items 1: a case, 2: an audit that came coded with H65.02, E11.22 and I10."""
    queries = [{"id": one, "text": f"Query {one}?", "why": f"WHYTEXT query {one}"} for one in "ab"]
    specs = [school.coded_case("case", options=queries), school.audit("audited")]
    return start_attempt(exam=school.make_exam("cases", specs, minutes=9), by=learner)


def written(page, position: int) -> list[str]:
    boxes = page.all(f'[data-item="{position}"] [data-cell=code]')
    return [box.get("value") for box in boxes if box.get("name").startswith("dx") and box.get("value")]


def test_a_case_has_its_chart_and_no_help_from_the_books(client, cases, django_assert_num_queries):
    page = get(client, at(cases, 1))
    assert page.text('[data-item="1"] .face').startswith("Setting Outpatient hospital")
    assert [one.get("id") for one in page.all("[data-document]")] == [None] * 6
    assert [one.get("id") for one in page.all(".doc")] == [
        "it-1-doc-1",
        "it-1-doc-2",
        "it-2-doc-1",
        "it-2-doc-2",
    ]
    assert page.all("[data-complete]") == []
    assert page.all("[data-check-url]") == []
    assert_no_secret(page)
    school.save(cases, 1, {"claim": LINES, "query": "a"})
    with django_assert_num_queries(8):  # two more for the notice on CPT; no title is looked up
        page = get(client, at(cases, 1))
    assert written(page, 1) == ["H65.01"]


def test_a_case_that_nobody_answered_is_rendered_once_for_all_who_open_it(
    client, cases, outsider, monkeypatch
):
    get(client, at(cases, 1))
    rendered = []

    def render(*args):
        rendered.append(args)
        return render_to_string(*args)

    monkeypatch.setattr(sitting_tags, "render_to_string", render)
    other = start_attempt(exam=cases.exam, by=outsider)
    page = get(signed_in(outsider), at(other, 1))
    assert rendered == []
    rows = [len(page.all(f'[data-item="{n}"] [data-cell=code]')) for n in (1, 2)]
    assert rows == [2 * EMPTY_ROWS, 2 + 3]  # of both grids; the second item came coded with three lines
    school.save(cases, 1, {"claim": LINES})
    assert written(get(client, at(cases, 1)), 1) == ["H65.01"]
    assert len(rendered) == 1


def test_a_case_is_coded_without_script(client, cases):
    save(client, cases, 1, **{"dx-1-code": "h6501", "dx-2-code": "e1122", "query": "b"})
    answer = kept(cases, 1).answer
    assert [line["code"] for line in answer["claim"]["diagnoses"]] == ["H65.01", "E11.22"]
    assert answer["query"] == "b"
    page = get(client, at(cases, 1))
    assert written(page, 1) == ["H65.01", "E11.22"]
    page = get(client, reverse("quizzes:attempt_review", args=[cases.pk]))
    assert page.texts(".rev a") == ["1 Answered: H65.01 , E11.22", "2 Not seen"]


def test_an_audit_stands_as_it_was_coded_as_long_as_it_has_no_answer(client, cases):
    coded = ["H65.02", "E11.22", "I10"]
    assert written(get(client, at(cases, 2)), 2) == coded
    school.save(cases, 2, None)
    assert written(get(client, at(cases, 2)), 2) == coded
    school.save(cases, 2, {"claim": LINES, "query": None}, revision=2)
    assert written(get(client, at(cases, 2)), 2) == ["H65.01"]


def test_the_item_in_view_has_its_answer_and_every_item_has_it_for_the_script(client, sitting):
    school.save(
        sitting, 1, {"choice": "c"}, note="<my> note", sure=2, marks=[{"document": -1, "start": 2, "end": 7}]
    )
    page = get(client, at(sitting, 1))
    assert [one.get("value") for one in page.all('[data-item="1"] [checked]')] == ["c", "2"]
    assert page.text('[data-item="1"] textarea') == "<my> note"
    elsewhere = get(client, at(sitting, 2))
    assert elsewhere.all('[data-item="1"] [checked]') == []
    state = json.loads(elsewhere.one('[data-item="1"]').get("data-state"))
    assert state.pop("saved_at") == kept(sitting, 1).saved_at.isoformat()
    assert state == {
        "revision": 1,
        "answer": {"choice": "c"},
        "flagged": False,
        "struck": [],
        "note": "<my> note",
        "sure": 2,
        "marks": [{"document": -1, "start": 2, "end": 7}],
        "seconds": 0,
    }
    assert elsewhere.one('[data-item="2"]').get("data-state") is None


def test_how_sure_is_kept_without_script(client, sitting):
    save(client, sitting, 1, choice="b", sure="4")
    assert kept(sitting, 1).sure == 4
    save(client, sitting, 2, choice="b")
    assert kept(sitting, 2).sure is None


def test_where_the_books_are_closed_nothing_leads_to_them(client, sitting, mock):
    assert get(client, at(sitting, 1)).all("[data-book-open]")
    mock.books = False
    mock.save()
    page = get(client, at(sitting, 1))
    assert [page.all(one) for one in ("[data-book-open]", "[data-book-pane]")] == [[], []]
    assert "js/book.js" not in page.raw


def test_an_attempt_without_a_clock_says_so(client, sitting):
    assert get(client, at(sitting, 1)).text(".clock").endswith("left of 12 min")
    Attempt.objects.filter(pk=sitting.pk).update(minutes=None, deadline_at=None)
    assert get(client, at(sitting, 1)).text(".clock") == "No clock"
    page = get(client, reverse("quizzes:attempt_review", args=[sitting.pk]))
    assert page.text(".clock") == "No clock"
    assert page.text(".lede").endswith("You can go back to every item.")


def test_what_ends_with_the_window_alone_has_a_clock_and_no_length(client, sitting):
    Attempt.objects.filter(pk=sitting.pk).update(minutes=None)
    assert get(client, at(sitting, 1)).text(".clock").endswith("left")


def test_the_receipt_says_what_the_report_waits_for(sitting):
    context = {"exam": sitting.exam, "attempt": sitting, "received": 3, "total": 4}
    waiting = render_to_string(
        "quizzes/receipt.html", {**context, "waits_for": "your instructor releases it"}
    )
    assert "Your report opens when your instructor releases it." in waiting
    assert "data-receipt" not in waiting
    assert str(sitting.pk) in waiting
    assert "data-receipt" in render_to_string("quizzes/receipt.html", context)


class TestPulse:
    """The page says which grants of extra time its deadline surely holds, so that it need not ask."""

    @pytest.fixture
    def pages(self, client, sitting):
        def pages() -> list[str]:
            review = get(client, reverse("quizzes:attempt_review", args=[sitting.pk]))
            elements = [get(client, at(sitting, 1)).one("main"), review.one("[data-review-page]")]
            return [element.get("data-pulse-clock") for element in elements]

        return pages

    @pytest.fixture(autouse=True)
    def process(self, monkeypatch) -> Grants:
        """One that has just begun."""
        fresh = Grants()
        monkeypatch.setattr(views, "grants", fresh)
        return fresh

    def test_it_is_what_the_pulse_told_last(self, sitting, pages, admin, process):
        assert pages() == ["0", "0"]
        grant_extra_time(attempt_ids=[sitting.pk], minutes=5, reason="Alarm", by=admin)
        assert pages() == ["0", "0"]  # not known yet: the first pulse will be another
        newest = process.newest("mock")
        assert newest == sitting.extra_times.get().pk
        assert pages() == [str(newest)] * 2

    def test_a_grant_that_is_read_after_the_deadline_was_is_not_said_to_be_in_it(
        self, client, sitting, admin, process, monkeypatch
    ):
        def read(*args):
            found = own_attempt(*args)
            grant_extra_time(attempt_ids=[sitting.pk], minutes=5, reason="Alarm", by=admin)
            process.newest("mock")
            return found

        own_attempt = views.selectors.own_attempt
        monkeypatch.setattr(views.selectors, "own_attempt", read)
        assert get(client, at(sitting, 1)).one("main").get("data-pulse-clock") == "0"
