from dataclasses import replace

import pytest
from django.urls import reverse

from accounts.models import Role, User
from quizzes.kinds import KINDS
from quizzes.models import Item, ItemReview
from quizzes.services import authoring
from quizzes.services.attempts import hand_in
from quizzes.services.items import save_item
from quizzes.services.starting import start_attempt
from tests.quizzes import school
from tests.quizzes.views.pages import Page, assert_no_secret, get, post, signed_in

BANK = reverse("quizzes:bank")
EVERY_KIND = [
    school.single_best("one"),
    school.multiple_response("many"),
    school.code_entry("code"),
    school.sequencing("order"),
    school.coded_case("case"),
    school.audit("audit"),
]
ANSWERS = {
    "one": {"choice": "b"},
    "many": {"choices": ["b", "e"]},
    "code": {"code": "E11.22"},
    "order": {"place-c": "1", "place-a": "2", "place-b": "3"},
    "case": {"dx-1-code": "H65.01", "dx-1-role": "first_listed", "dx-2-code": "E11.22"},
    "audit": {
        "dx-1-code": "H65.01",
        "dx-1-role": "first_listed",
        "dx-2-code": "E11.22",
        "dx-3-code": "",  # the audited claim has a third line
    },
}


@pytest.fixture
def colleague(db) -> User:
    return User.objects.create_user("colleague@example.com", "x", name="Bea Lang", role=Role.INSTRUCTOR)


@pytest.fixture
def client(instructor):
    return signed_in(instructor)


@pytest.fixture
def bank(books, admin) -> list[Item]:
    """A published item of each kind."""
    for spec in EVERY_KIND:
        save_item(spec=spec, by=admin)
    return list(Item.objects.order_by("slug"))


def edit(slug: str) -> str:
    return reverse("quizzes:item_edit", args=[slug])


def review(slug: str) -> str:
    return reverse("quizzes:item_review", args=[slug])


def sent(page: Page, selector: str = "form#item") -> dict:
    """A form's controls as a browser sends them, several of one name included."""
    data: dict[str, list[str]] = {}
    for name, value in page.one(selector).form_values():
        data.setdefault(name, []).append(value)
    return data


def fresh(slug: str) -> Item:
    return Item.objects.select_related("current", "draft").get(slug=slug)


def in_review(spec, author: User) -> Item:
    item = authoring.create_item(spec=spec, by=author).item
    return authoring.ask_for_review(item_id=item.pk, number=1, by=author)


class TestBank:
    def test_it_lists_every_item_with_its_kind_and_status(self, client, bank):
        authoring.set_aside(item_id=bank[0].pk, reason="Bad.", by=bank[0].current.created_by)
        page = get(client, BANK)
        rows = page.texts(".bank-table tbody tr")
        assert rows[0] == "audit A visit: audit? Audit ICD-10-CM Easy Set aside Versions of audit"
        assert rows[1] == "case A visit: case? Coded case ICD-10-CM Easy Published Versions of case"
        assert len(rows) == 6

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("kind=audit", ["audit"]),
            ("domain=anatomy", []),
            ("difficulty=easy&kind=sequencing", ["order"]),
            ("q=VISIT: ma", ["many"]),
            ("status=draft", ["newest"]),
            ("kind=nonsense&status=draft", ["newest"]),
        ],
    )
    def test_filters(self, client, bank, instructor, query, found):
        authoring.create_item(spec=school.single_best("newest"), by=instructor)
        page = get(client, f"{BANK}?{query}")
        assert page.texts(".bank-table tbody th a") == found

    def test_coverage_shows_the_gaps(self, client, bank, instructor):
        spec = replace(school.single_best("newest"), domain="anatomy")
        authoring.create_item(spec=spec, by=instructor)
        rows = get(client, BANK).texts(".coverage tbody tr")
        assert rows[0] == "ICD-10-CM 6 0 0 0 1 1 1 1 1 1"
        assert rows[1] == "HCPCS Level II 0 0 0 0 0 0 0 0 0 0"
        assert "Anatomy 0 0 1 0 0 0 0 0 0 0" in rows
        assert rows[-1] == "All domains 6 0 1 0 1 1 1 1 1 1"

    def test_what_waits_is_for_others_than_its_author(self, client, books, instructor, colleague):
        in_review(school.single_best("mine"), instructor)
        in_review(school.single_best("hers"), colleague)
        page = get(client, BANK)
        assert page.texts(".waiting a") == ["hers"]
        assert "Item bank 1 to review" in page.text(".crumbs")
        assert get(signed_in(colleague), BANK).texts(".waiting a") == ["mine"]

    def test_of_all_that_waits_it_lists_the_oldest(self, client, books, colleague):
        for number in range(23):
            in_review(school.single_best(f"hers-{number:02}"), colleague)
        page = get(client, BANK)
        assert page.text("#waiting h2") == "Waiting for you to review 23"
        assert page.texts(".waiting a") == [f"hers-{number:02}" for number in range(20)]
        assert page.text("#waiting p") == "and 3 more"

    def test_it_asks_as_often_for_many_items_as_for_one(
        self, client, books, colleague, django_assert_num_queries
    ):
        in_review(school.single_best("first"), colleague)
        get(client, BANK)
        # 2 for the person, 2 for the page of items, coverage, what waits and its count, what was measured,
        # the books in the bar
        with django_assert_num_queries(9):
            get(client, BANK)
        for number in range(60):
            in_review(school.single_best(f"more-{number}"), colleague)
        with django_assert_num_queries(9):
            page = get(client, BANK)
        assert page.text(".pager") == "Page 1 of 3 Next"
        assert len(page.texts(".bank-table tbody tr")) == 25


class TestWriting:
    @pytest.mark.parametrize("slug", [spec.slug for spec in EVERY_KIND])
    def test_opening_and_saving_any_kind_is_no_edit(self, client, bank, slug):
        page = get(client, edit(slug))
        page = post(client, edit(slug), {**sent(page), "then": "save"})
        assert "no new version was made" in page.text(".messages")
        assert fresh(slug).draft is None

    @pytest.mark.parametrize("spec", EVERY_KIND, ids=lambda spec: spec.slug)
    def test_every_kind_is_written_from_an_empty_form(self, client, bank, instructor, spec):
        """The controls that show one item, sent as a new one, make the same content."""
        kind = spec.content.kind
        new = reverse("quizzes:item_new", args=[kind])
        blank = sent(get(client, new))
        filled = {**blank, **sent(get(client, edit(spec.slug))), "slug": [f"new-{spec.slug}"]}
        page = post(client, new, {**filled, "then": "save"})
        assert "Version 1 is saved as a draft. Students do not see it." in page.text(".messages")
        item = fresh(f"new-{spec.slug}")
        assert (item.status, item.current, item.draft.created_by) == ("draft", None, instructor)
        assert item.draft.content.key == spec.content.key
        assert item.draft.content.options == spec.content.options
        assert item.draft.content.accept == spec.content.accept
        assert item.draft.content.references == spec.content.references

    def test_a_changed_text_is_the_next_version_and_only_a_draft(self, client, bank, instructor):
        page = get(client, edit("one"))
        page = post(client, edit("one"), {**sent(page), "stem": "Which ear?\r\nSay.", "then": "save"})
        assert page.texts(".act p")[0] == "Single best answer. Published, version 2 is a draft. Versions"
        item = fresh("one")
        assert (item.current.stem, item.draft.stem) == ("A visit: one?", "Which ear?\nSay.")

    def test_family_and_place_of_care_are_kept_without_a_version(self, client, bank):
        data = sent(get(client, edit("case")))
        assert ("family" in data, data["care"]) == (False, [""])  # an empty field
        post(client, edit("case"), {**data, "family": "ear-aches", "care": "emergency"})
        item = fresh("case")
        assert (item.family, item.care, item.versions.count()) == ("ear-aches", "emergency", 1)
        again = sent(get(client, edit("case")))
        assert (again["family"], again["care"]) == (["ear-aches"], ["emergency"])

    def test_only_a_case_has_a_place_of_care_and_a_family_is_named_like_a_slug(self, client, bank):
        data = sent(get(client, edit("one")))
        assert "care" not in data
        response = client.post(edit("one"), {**data, "family": "Ear aches", "care": "emergency"})
        assert response.status_code == 400
        assert "Use lower-case words with dashes" in response.content.decode()
        assert (fresh("one").family, fresh("one").care) == ("", "")

    def test_an_unknown_kind_is_not_found(self, client, books):
        assert client.get(reverse("quizzes:item_new", args=["riddle"])).status_code == 404

    def test_a_taken_name_is_said_beside_its_field(self, client, bank):
        new = reverse("quizzes:item_new", args=["single_best"])
        data = {**sent(get(client, edit("one"))), "slug": "code"}
        response = client.post(new, data)
        assert response.status_code == 400
        page = Page(response.content.decode(), new)
        assert page.text(".f-slug .errorlist") == "Another item has this slug already."
        assert page.one("#option-1-text").text.strip() == "Choice a"

    def test_what_cannot_be_read_stays_in_its_field_with_its_line_named(self, client, bank):
        page = get(client, edit("case"))
        text = "- diagnoses:\n  - {code: H65.01\n"
        changes = {"alternatives": text, "stem": "Kept?", "key-dx-1-why": "Kept too."}
        response = client.post(edit("case"), {**sent(page), **changes})
        assert response.status_code == 400
        page = Page(response.content.decode(), edit("case"))
        assert "Another whole record, line 2" in page.text("[role=alert]")
        assert page.one("#alternatives").text.strip() == text.strip()
        assert page.one("#id_stem").text.strip() == "Kept?"
        assert sent(page)["key-dx-1-why"] == ["Kept too."]
        assert fresh("case").draft is None

    def test_a_row_that_is_not_finished_is_kept_and_named(self, client, bank):
        page = get(client, edit("case"))
        changes = {"key-dx-3-why": "Which code?", "key-nc-2-why": "Which code?", "then": "ask"}
        page = post(client, edit("case"), {**sent(page), **changes})
        assert page.texts(".problems .finding") == [
            "Error diagnosis 3 has no code",
            "Error code not to report, 2 has no code",
        ]
        kept = sent(page)
        assert (kept["key-dx-3-code"], kept["key-dx-3-why"]) == ([""], ["Which code?"])
        assert (kept["key-nc-2-code"], kept["key-nc-2-why"]) == ([""], ["Which code?"])

    def test_two_authors_at_once_lose_nothing(self, client, bank, colleague):
        page = get(client, edit("one"))
        theirs = replace(EVERY_KIND[0], content=replace(EVERY_KIND[0].content, stem="Theirs?"))
        authoring.save_draft(item_id=fresh("one").pk, base_number=1, spec=theirs, by=colleague)
        response = client.post(edit("one"), {**sent(page), "stem": "Mine?"})
        assert response.status_code == 409
        page = Page(response.content.decode(), edit("one"))
        assert "Bea Lang saved version 2" in page.text("[role=alert]")
        assert page.texts("del") == ["stem: Theirs?"]
        assert page.texts("ins") == ["stem: Mine?"]
        page = post(client, edit("one"), sent(page))
        assert "Version 3 is saved" in page.text(".messages")
        assert fresh("one").draft.stem == "Mine?"

    def test_a_conflict_keeps_every_code_system(self, client, bank, colleague):
        systems = ("icd10cm", "hcpcs")
        spec = replace(EVERY_KIND[1], content=replace(EVERY_KIND[1].content, systems=systems))
        authoring.save_draft(item_id=fresh("many").pk, base_number=1, spec=spec, by=colleague)
        page = get(client, edit("many"))
        theirs = replace(spec, content=replace(spec.content, stem="Theirs?"))
        authoring.save_draft(item_id=fresh("many").pk, base_number=1, spec=theirs, by=colleague)
        response = client.post(edit("many"), {**sent(page), "stem": "Mine?"})
        assert response.status_code == 409
        page = Page(response.content.decode(), edit("many"))
        assert sent(page)["systems"] == ["icd10cm", "hcpcs"]
        post(client, edit("many"), sent(page))
        assert (fresh("many").systems, fresh("many").draft.stem) == (["icd10cm", "hcpcs"], "Mine?")

    def test_asking_with_errors_keeps_the_draft_and_names_them(self, client, bank):
        page = get(client, edit("one"))
        page = post(client, edit("one"), {**sent(page), "option-3-why": "", "then": "ask"})
        assert "is saved, but not handed to a reviewer: mend the 1 error" in page.text(".messages")
        assert page.texts(".problems .finding") == ["Error option c does not say why it is right or wrong"]
        assert fresh("one").review_asked_at is None


class TestPreview:
    def preview(self, client, slug: str, **changes) -> Page:
        data = {**sent(get(client, edit(slug))), **changes}
        return post(client, reverse("quizzes:item_preview", args=[fresh(slug).kind]), data)

    def test_the_key_earns_all_and_a_distractor_nothing(self, client, bank):
        page = self.preview(client, "one")
        assert page.texts(".verdicts tbody tr") == [
            "Key Choice b 100% right",
            "Distractor Choice a 0% other choice",
            "Distractor Choice c 0% other choice",
            "Distractor Choice d 0% other choice",
        ]
        assert page.texts(".okm")[0] == "The checks find no error."
        assert fresh("one").versions.count() == 1

    @pytest.mark.parametrize("spec", EVERY_KIND, ids=lambda spec: spec.slug)
    def test_a_trial_is_graded_by_the_real_grader_in_the_students_controls(self, client, bank, spec):
        page = self.preview(client, spec.slug, **ANSWERS[spec.slug])
        own = page.texts(".verdicts .own")
        assert len(own) == 1
        assert own[0].startswith("Your trial ")
        assert "100%" in own[0]
        assert page.texts(".verdicts .critical") == []

    def test_a_near_miss_says_what_it_earns_where(self, client, bank):
        page = self.preview(client, "code", code="e1121")
        assert page.text(".verdicts .own").startswith(
            "Your trial E11.21 25% in practice, 0% in an exam right category"
        )
        assert page.texts(".verdicts tbody tr")[2].startswith("Accepted I10 100% accepted alternative")

    def test_a_code_that_the_book_lacks_is_named(self, client, bank):
        page = self.preview(client, "code", **{"code-right": "E11.99"})
        assert "the key: E11.99 is not in the release April 2026" in page.text(".problems")

    def test_a_finding_on_a_key_is_linked_to_its_row(self, client, bank):
        page = self.preview(client, "case", **{"key-dx-2-code": "e112"})
        assert "the key, diagnosis 2 : E11.2 is not valid for submission" in page.text(".problems")
        assert page.one(".problems a").get("href") == "#key-dx-2"

    def test_unfinished_work_says_what_lacks_and_shows_no_verdict(self, client, bank):
        page = self.preview(client, "one", rationale="")
        assert page.texts(".problems .finding") == ["Error the rationale is empty"]
        assert page.all(".verdicts") == []

    def test_a_trial_that_does_not_fit_is_said(self, client, bank):
        page = self.preview(client, "case", **{"dx-1-code": "X" * 40})
        assert "Your trial could not be read: a code has at most 12 characters." in page.raw

    def test_a_new_item_is_previewed_before_it_has_a_name(self, client, bank):
        data = {**sent(get(client, edit("one"))), "item": "", "slug": ""}
        page = post(client, reverse("quizzes:item_preview", args=["single_best"]), data)
        assert page.texts(".verdicts tbody tr")[0] == "Key Choice b 100% right"


class TestReview:
    @pytest.mark.parametrize("spec", EVERY_KIND, ids=lambda spec: spec.slug)
    def test_the_page_is_blind_until_the_answer_is_kept(self, client, books, colleague, spec):
        in_review(spec, colleague)
        page = get(client, review(spec.slug))
        assert_no_secret(page)
        assert "Answer it as a student would" in page.text(".lede")
        data = {**page.form("form.blind"), **ANSWERS[spec.slug]}
        page = post(client, review(spec.slug), data)
        assert ItemReview.objects.get().grade["credit"] == 1
        assert "they agree" in page.text(".compared h2")
        assert f"RATIONALETEXT {spec.slug}" in page.text(".compared")

    @pytest.mark.parametrize("spec", EVERY_KIND, ids=lambda spec: spec.slug)
    def test_no_other_page_shows_the_reviewer_the_key_before(self, client, books, colleague, spec):
        in_review(spec, colleague)
        for name in ("item_edit", "item_versions"):
            page = get(client, reverse(f"quizzes:{name}", args=[spec.slug]) + "?old=1&new=1")
            assert page.url == review(spec.slug)
            assert "is in review. Answer it first" in page.text(".messages")
            assert_no_secret(page)
        preview = reverse("quizzes:item_preview", args=[spec.content.kind])
        assert_no_secret(post(client, preview, {"item": spec.slug}))
        page = get(client, review(spec.slug))
        post(client, review(spec.slug), {**page.form("form.blind"), **ANSWERS[spec.slug]})
        assert get(client, edit(spec.slug)).url == edit(spec.slug)

    def test_who_wrote_any_version_of_the_draft_sees_it(self, client, books, instructor, colleague):
        item = authoring.create_item(spec=school.single_best("one"), by=instructor).item
        authoring.save_draft(
            item_id=item.pk, base_number=1, spec=school.single_best("one", "c"), by=colleague
        )
        authoring.ask_for_review(item_id=item.pk, number=2, by=colleague)
        assert get(client, edit("one")).url == edit("one")
        versions = reverse("quizzes:item_versions", args=["one"])
        assert get(client, f"{versions}?old=1&new=2").texts("ins") == ["- c"]

    def test_a_text_written_meanwhile_is_kept_and_the_key_is_not_shown_beside_it(
        self, client, bank, colleague
    ):
        page = get(client, edit("one"))
        theirs = school.single_best("one", "c", rationale="RATIONALETEXT of hers")
        authoring.save_draft(item_id=fresh("one").pk, base_number=1, spec=theirs, by=colleague)
        authoring.ask_for_review(item_id=fresh("one").pk, number=2, by=colleague)
        response = client.post(edit("one"), {**sent(page), "stem": "Mine?"})
        assert response.status_code == 409
        page = Page(response.content.decode(), edit("one"))
        assert page.one("#id_stem").text.strip() == "Mine?"
        assert page.all("ins") == []
        assert "of hers" not in page.raw
        assert "is in review" in page.text("[role=alert]")

    def test_no_answer_is_not_kept(self, client, books, colleague):
        in_review(school.single_best("one"), colleague)
        data = get(client, review("one")).form("form.blind")
        response = client.post(review("one"), data)
        assert response.status_code == 400
        page = Page(response.content.decode(), review("one"))
        assert page.text("[role=alert]") == "Choose an answer, then check it."
        assert_no_secret(page)
        assert ItemReview.objects.count() == 0

    def test_an_author_is_sent_back(self, client, books, instructor):
        in_review(school.single_best("one"), instructor)
        page = get(client, review("one"))
        assert page.url == edit("one")
        assert "Another person has to review it" in page.text(".messages")

    def test_disagreement_is_commented_and_the_comment_is_not_lost(self, client, books, colleague):
        in_review(school.single_best("one"), colleague)
        page = get(client, review("one"))
        page = post(client, review("one"), {**page.form("form.blind"), "choice": "a"})
        assert page.text(".compared .kv") == "You Choice a Key Choice b Earns 0%, other choice"
        decide = page.action("form.decision")
        data = page.form("form.decision")
        response = client.post(decide, {**data, "comment": " ", "then": "approve"})
        assert response.status_code == 400
        assert "Your answer differs from the key" in Page(response.content.decode(), decide).text("#refused")
        page = post(client, decide, {**data, "comment": "My slip.", "then": "approve"})
        assert "Bea Lang and differed" not in page.raw
        assert "Moji Adeyemi answered it blind and differed from the key" in page.text(".editor-notes")
        assert '"My slip."' in page.text(".editor-notes")

    def test_from_draft_to_published_by_two_people(self, client, bank, colleague):
        page = get(client, edit("one"))
        page = post(client, edit("one"), {**sent(page), "stem": "Which ear?", "then": "ask"})
        assert "Version 2 waits for a reviewer" in page.text(".messages")
        assert page.all(f'[action="{reverse("quizzes:item_publish", args=["one", 2])}"]') == []
        publish = reverse("quizzes:item_publish", args=["one", 2])
        page = post(client, publish, {})
        assert "needs the approval of a second person" in page.text(".messages")

        other = signed_in(colleague)
        page = get(other, review("one"))
        page = post(other, review("one"), {**page.form("form.blind"), "choice": "b"})
        page = post(other, page.action("form.decision"), {**page.form("form.decision"), "then": "approve"})
        assert page.texts(".act p")[0].startswith("Single best answer. Published, version 2 is approved.")
        page = post(other, publish, {})
        assert "Version 2 is published" in page.text(".messages")
        assert fresh("one").current.stem == "Which ear?"

    def test_a_returned_draft_says_why_to_its_author(self, client, books, instructor, colleague):
        in_review(school.single_best("one"), instructor)
        other = signed_in(colleague)
        page = get(other, review("one"))
        page = post(other, review("one"), {**page.form("form.blind"), "choice": "b"})
        data = {**page.form("form.decision"), "comment": "Option c is as right.", "then": "return"}
        post(other, page.action("form.decision"), data)
        page = get(client, edit("one"))
        assert "Returned to the author" in page.text(".editor-notes")
        assert '"Option c is as right."' in page.text(".editor-notes")
        assert "ask for a review of the new version" in page.text(".standing")


def test_setting_aside_and_bringing_back_take_a_reason(client, bank):
    status = reverse("quizzes:item_status", args=["one"])
    page = post(client, status, {"reason": " ", "then": "set_aside"})
    assert "Give a reason" in page.text(".messages")
    page = post(client, status, {"reason": "Two keys.", "then": "set_aside"})
    assert page.texts(".act p")[0] == "Single best answer. Set aside. Versions"
    page = post(client, status, {"reason": "One again.", "then": "bring_back"})
    assert page.texts(".act p")[0] == "Single best answer. Published. Versions"


class TestVersions:
    def test_every_version_with_its_author_and_its_reviews(self, client, bank, instructor, colleague):
        changed = replace(EVERY_KIND[0], content=replace(EVERY_KIND[0].content, stem="Second?"))
        authoring.save_draft(item_id=fresh("one").pk, base_number=1, spec=changed, by=instructor)
        item = authoring.ask_for_review(item_id=fresh("one").pk, number=2, by=instructor)
        authoring.code_blind(item_id=item.pk, number=2, answer={"choice": "b"}, by=colleague)
        authoring.decide(item_id=item.pk, number=2, approve=False, comment="No.", by=colleague)
        page = get(client, reverse("quizzes:item_versions", args=["one"]))
        newest, first = page.texts(".wide tbody tr")
        assert "Moji Adeyemi" in newest
        assert "Returned to the author, Bea Lang: No." in newest
        assert "Ann Keller" in first
        assert "Students are given this one" in first

    def test_it_says_how_many_open_attempts_hold_an_earlier_version(
        self, client, bank, admin, learner, outsider
    ):
        exam = school.make_exam("drill", [])
        section = exam.sections.create(position=1, title="All", domain="icd-10-cm")
        section.exam_items.create(item=fresh("one"), position=1)
        attempt = start_attempt(exam=exam, by=learner)
        versions = reverse("quizzes:item_versions", args=["one"])
        assert "open attempt" not in get(client, versions).text(".lede")
        save_item(spec=school.single_best("one", key="c"), by=admin)
        start_attempt(exam=exam, by=outsider)
        assert "1 open attempt holds an earlier one." in get(client, versions).text(".lede")
        hand_in(attempt_id=attempt.pk, by=learner)
        assert "open attempt" not in get(client, versions).text(".lede")

    def test_two_are_compared_line_by_line_whichever_comes_first(self, client, bank, instructor):
        changed = replace(EVERY_KIND[0], content=replace(EVERY_KIND[0].content, stem="Second?"))
        authoring.save_draft(item_id=fresh("one").pk, base_number=1, spec=changed, by=instructor)
        page = get(client, reverse("quizzes:item_versions", args=["one"]) + "?old=2&new=1")
        assert page.texts("del") == ["stem: 'A visit: one?'"]
        assert page.texts("ins") == ["stem: Second?"]


@pytest.mark.parametrize(
    ("name", "args"), [("item_new", ["single_best"]), ("item_edit", ["one"]), ("item_review", ["one"])]
)
def test_the_forms_are_read_or_posted_and_nothing_else(client, bank, name, args):
    response = client.put(reverse(f"quizzes:{name}", args=args))
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")


def test_every_kind_is_tested_here():
    assert {spec.content.kind for spec in EVERY_KIND} == set(KINDS)
