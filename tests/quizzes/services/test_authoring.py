from dataclasses import replace

import pytest

from accounts.models import AuditEntry, Role, User
from codesets.services.releases import publish_release
from quizzes import bank
from quizzes.errors import ContentError
from quizzes.kinds import AnswerError
from quizzes.models import Item, ItemHold, ItemReview, ItemVersion
from quizzes.services import authoring
from quizzes.services.authoring import NewerVersion, NotReady, ReviewRefused
from quizzes.services.items import save_item
from quizzes.services.starting import start_attempt
from tests.quizzes import school

SPEC = school.single_best("ears")
RIGHT, WRONG = {"choice": "b"}, {"choice": "a"}


@pytest.fixture
def colleague(db) -> User:
    return User.objects.create_user("colleague@example.com", "x", name="Bea Lang", role=Role.INSTRUCTOR)


@pytest.fixture
def draft(books, instructor) -> Item:
    """The instructor's new item."""
    return authoring.create_item(spec=SPEC, by=instructor).item


@pytest.fixture
def published(books, admin) -> Item:
    save_item(spec=SPEC, by=admin)
    return Item.objects.get(slug="ears")


def fresh(item: Item) -> Item:
    return Item.objects.select_related("current", "draft").get(pk=item.pk)


def changed(**fields) -> object:
    return replace(SPEC, content=replace(SPEC.content, **fields))


def save(item: Item, by: User, base: int = 1, **fields) -> ItemVersion:
    return authoring.save_draft(item_id=item.pk, base_number=base, spec=changed(**fields), by=by)


def ask(item: Item, by: User, number: int = 1) -> None:
    authoring.ask_for_review(item_id=item.pk, number=number, by=by)


def code(item: Item, by: User, answer=RIGHT, number: int = 1) -> ItemReview:
    return authoring.code_blind(item_id=item.pk, number=number, answer=answer, by=by)


def decide(item: Item, by: User, *, approve: bool = True, comment: str = "", number: int = 1) -> ItemReview:
    return authoring.decide(item_id=item.pk, number=number, approve=approve, comment=comment, by=by)


def approve(item: Item, by: User, number: int = 1) -> None:
    code(item, by, number=number)
    decide(item, by, number=number)


def publish(item: Item, by: User, number: int = 1) -> ItemVersion:
    return authoring.publish(item_id=item.pk, number=number, by=by)


class TestDrafts:
    def test_a_new_item_is_a_draft_that_is_no_current_version(self, draft, instructor):
        item = fresh(draft)
        assert (item.status, item.current, item.draft.number) == ("draft", None, 1)
        assert item.draft.created_by == instructor
        assert item.draft.content == replace(SPEC.content, systems=("icd10cm",))

    def test_a_taken_slug_makes_nothing(self, published, instructor):
        with pytest.raises(ContentError, match="another item has this slug already"):
            authoring.create_item(spec=SPEC, by=instructor)
        assert ItemVersion.objects.count() == 1

    def test_unfinished_work_is_kept(self, draft, instructor):
        version = save(draft, instructor, options=[], key=[], rationale="")
        assert (version.number, version.options, fresh(draft).draft) == (2, [], version)

    def test_what_is_published_stays_served_beside_its_draft(self, published, instructor, learner):
        exam = school.make_exam("drill", [])
        section = exam.sections.create(position=1, title="All", domain="icd-10-cm")
        section.exam_items.create(item=published, position=1)
        save(published, instructor, stem="Another stem?")
        item = fresh(published)
        assert (item.status, item.current.number, item.draft.number) == ("published", 1, 2)
        attempt = start_attempt(exam=exam, by=learner)
        assert attempt.responses.get().item_version == item.current

    def test_a_save_on_an_older_version_is_refused_and_keeps_nothing(self, published, instructor, colleague):
        save(published, instructor, stem="The instructor's?")
        with pytest.raises(NewerVersion) as refused:
            save(published, colleague, stem="The colleague's?")
        assert refused.value.newest.stem == "The instructor's?"
        assert published.versions.count() == 2
        save(published, colleague, base=2, stem="The colleague's?")
        assert fresh(published).draft.number == 3

    def test_the_same_words_make_no_version(self, published, instructor):
        version = save(published, instructor, stem=f"{SPEC.content.stem}\n", given={"sex": None})
        assert version.number == 1
        assert fresh(published).draft is None

    def test_domain_and_difficulty_are_the_items_and_hold_at_once(self, published, instructor):
        spec = replace(SPEC, domain="anatomy", difficulty="hard")
        authoring.save_draft(item_id=published.pk, base_number=1, spec=spec, by=instructor)
        item = fresh(published)
        assert (item.domain, item.difficulty, item.draft) == ("anatomy", "hard", None)

    def test_a_published_item_keeps_its_first_code_system(self, published, instructor):
        with pytest.raises(ContentError, match="keeps its first code system"):
            save(published, instructor, systems=("hcpcs",), stem="Other?")
        save(published, instructor, systems=("icd10cm", "hcpcs"), stem="Other?")
        assert fresh(published).systems == ["icd10cm", "hcpcs"]

    def test_what_is_published_is_told_apart_in_the_audit_trail(self, published, instructor):
        kept = {"difficulty": "easy", "care": ""}
        before = {**kept, "domain": "icd-10-cm", "family": "", "systems": ["icd10cm"]}
        spec = replace(changed(systems=("icd10cm", "hcpcs")), domain="anatomy", family="ears")
        for _ in range(2):  # the second time nothing changes
            authoring.save_draft(item_id=published.pk, base_number=1, spec=spec, by=instructor)
        entry = AuditEntry.objects.get(action="quizzes.item.classified")
        assert (entry.actor_id, entry.object_id) == (instructor.pk, str(published.pk))
        assert entry.before == before
        assert entry.after == {
            **kept,
            "domain": "anatomy",
            "family": "ears",
            "systems": ["icd10cm", "hcpcs"],
        }
        assert fresh(published).family == "ears"

    def test_what_nobody_approved_is_classified_without_an_entry(self, draft, instructor):
        save(draft, instructor, systems=("hcpcs",))
        assert fresh(draft).systems == ["hcpcs"]
        assert AuditEntry.objects.count() == 0


class TestReview:
    def test_the_checks_pass_first(self, draft, instructor):
        save(draft, instructor, key=["z"])
        with pytest.raises(NotReady) as refused:
            ask(draft, instructor, 2)
        assert [finding.message for finding in refused.value.findings] == [
            "the key names 'z', which is no option"
        ]
        assert fresh(draft).review_asked_at is None

    def test_asking_hands_a_new_item_over(self, draft, instructor, colleague):
        assert list(bank.waiting_for(colleague)) == []
        ask(draft, instructor)
        item = fresh(draft)
        assert item.status == "in_review"
        assert item.review_asked_at is not None
        assert list(bank.waiting_for(colleague)) == [draft]
        assert list(bank.waiting_for(instructor)) == []
        with pytest.raises(ReviewRefused, match="in review already"):
            ask(draft, instructor)

    def test_saving_again_takes_it_back(self, draft, instructor, colleague):
        ask(draft, instructor)
        save(draft, instructor, stem="Better?")
        item = fresh(draft)
        assert (item.status, item.review_asked_at) == ("draft", None)
        with pytest.raises(ReviewRefused, match="Version 1 is no draft any more"):
            code(draft, colleague)

    def test_the_blind_answer_is_kept_with_its_grade_and_once(self, draft, instructor, colleague):
        ask(draft, instructor)
        review = code(draft, colleague, WRONG)
        review.refresh_from_db()
        assert (review.answer, review.grade["credit"]) == (WRONG, 0)
        assert review.grade["lines"][0]["verdicts"] == ["wrong_option"]
        assert code(draft, colleague, RIGHT).answer == WRONG
        assert ItemReview.objects.count() == 1

    def test_an_answer_must_be_whole_and_fit(self, draft, instructor, colleague):
        ask(draft, instructor)
        with pytest.raises(ReviewRefused, match="Choose an answer"):
            code(draft, colleague, None)
        with pytest.raises(AnswerError):
            code(draft, colleague, {"choice": "z"})

    def test_nobody_reviews_what_they_wrote_not_even_an_earlier_draft(self, draft, instructor, colleague):
        save(draft, colleague, stem="The colleague mends a comma?")
        ask(draft, colleague, 2)
        for author in (instructor, colleague):
            with pytest.raises(ReviewRefused, match="You wrote this draft or part of it"):
                code(draft, author, number=2)
        assert ItemReview.objects.count() == 0

    def test_who_wrote_what_is_published_by_now_may_review_the_next(self, published, instructor, admin):
        save(published, instructor, stem="Better?")
        ask(published, instructor, 2)
        assert code(published, admin, number=2).reviewer == admin

    def test_what_is_not_in_review_is_not_reviewed(self, draft, colleague):
        with pytest.raises(ReviewRefused, match="not in review"):
            code(draft, colleague)

    def test_the_decision_comes_after_the_answer(self, draft, instructor, colleague):
        ask(draft, instructor)
        with pytest.raises(ReviewRefused, match="Answer the item first"):
            decide(draft, colleague)

    def test_who_disagrees_says_why_the_key_is_right(self, draft, instructor, colleague):
        ask(draft, instructor)
        code(draft, colleague, WRONG)
        with pytest.raises(ReviewRefused, match="differs from the key"):
            decide(draft, colleague)
        review = decide(draft, colleague, comment="I misread the side.")
        assert (review.outcome, review.comment) == ("approved", "I misread the side.")
        with pytest.raises(ReviewRefused, match="decided on this version already"):
            decide(draft, colleague, approve=False, comment="No.")

    def test_a_returned_version_needs_another_before_it_is_reviewed_again(self, draft, instructor, colleague):
        ask(draft, instructor)
        code(draft, colleague)
        with pytest.raises(ReviewRefused, match="what the author is to mend"):
            decide(draft, colleague, approve=False)
        decide(draft, colleague, approve=False, comment="Two keys.")
        assert (fresh(draft).status, fresh(draft).review_asked_at) == ("draft", None)
        with pytest.raises(ReviewRefused, match="Version 1 was returned"):
            ask(draft, instructor)
        save(draft, instructor, stem="Better?")
        ask(draft, instructor, 2)
        assert list(bank.waiting_for(colleague)) == [draft]
        entry = AuditEntry.objects.get(action="quizzes.item.review_returned")
        assert (entry.actor_id, entry.reason, entry.after["version"]) == (colleague.pk, "Two keys.", 1)


class TestPublishing:
    def test_a_second_person_is_needed(self, draft, instructor, colleague):
        for step in (lambda: None, lambda: ask(draft, instructor), lambda: code(draft, colleague)):
            step()
            with pytest.raises(ReviewRefused, match="needs the approval of a second person"):
                publish(draft, instructor)
        decide(draft, colleague)
        assert publish(draft, instructor).number == 1

    def test_publishing_moves_the_item_on(self, published, instructor, colleague):
        save(published, instructor, key=["c"])
        ask(published, instructor, 2)
        code(published, colleague, {"choice": "c"}, 2)
        decide(published, colleague, number=2)
        version = publish(published, instructor, 2)
        item = fresh(published)
        assert (item.current, item.draft, item.review_asked_at) == (version, None, None)
        assert item.status == "published"
        entries = AuditEntry.objects.filter(actor_id=instructor.pk).order_by("pk")
        assert [entry.action for entry in entries] == [
            "quizzes.item.review_asked",
            "quizzes.item.key_changed",
            "quizzes.item.published",
        ]
        assert entries[2].before == {"version": 1, "status": "published"}
        assert list(bank.waiting_for(colleague)) == []

    def test_an_approval_is_of_one_version(self, draft, instructor, colleague):
        ask(draft, instructor)
        approve(draft, colleague)
        save(draft, instructor, stem="Changed after the approval?")
        ask(draft, instructor, 2)
        with pytest.raises(ReviewRefused, match="Version 2 needs the approval"):
            publish(draft, instructor, 2)

    def test_another_code_system_after_the_approval_needs_another_reading(self, draft, instructor, colleague):
        ask(draft, instructor)
        approve(draft, colleague)
        assert save(draft, instructor, systems=("hcpcs",)).number == 2
        assert (fresh(draft).status, fresh(draft).review_asked_at) == ("draft", None)
        assert AuditEntry.objects.filter(action="quizzes.item.classified").count() == 1
        ask(draft, instructor, 2)
        with pytest.raises(ReviewRefused, match="Version 2 needs the approval"):
            publish(draft, instructor, 2)

    def test_another_difficulty_does_not(self, draft, instructor, colleague):
        ask(draft, instructor)
        approve(draft, colleague)
        spec = replace(SPEC, difficulty="hard")
        authoring.save_draft(item_id=draft.pk, base_number=1, spec=spec, by=instructor)
        assert publish(draft, instructor).number == 1
        assert AuditEntry.objects.filter(action="quizzes.item.classified").count() == 1

    def test_a_book_that_changed_since_the_review_stops_it(self, books, instructor, colleague, admin):
        item = authoring.create_item(spec=school.code_entry("kidney"), by=instructor).item
        ask(item, instructor)
        code(item, colleague, school.cm("E11.22"))
        decide(item, colleague)
        july = school.stage_release(school.ON, "May 2026", without=("E11.22",))
        publish_release(release_id=july.pk, by=admin)
        with pytest.raises(NotReady):
            publish(item, instructor)
        assert fresh(item).current is None

    def test_a_pack_that_came_between_is_not_undone(self, published, instructor, colleague, admin):
        save(published, instructor, stem="The draft?")
        ask(published, instructor, 2)
        approve(published, colleague, 2)
        save_item(spec=changed(stem="From a pack?"), by=admin)
        with pytest.raises(ReviewRefused, match="Version 3 was published after"):
            publish(published, instructor, 2)
        assert fresh(published).current.stem == "From a pack?"

    def test_a_hold_on_the_old_version_is_lifted(self, published, instructor, colleague):
        school.set_aside("ears")
        save(published, instructor, stem="Better?")
        ask(published, instructor, 2)
        approve(published, colleague, 2)
        publish(published, instructor, 2)
        assert ItemHold.objects.count() == 0


class TestSettingAside:
    def test_new_sittings_leave_it_out_until_it_is_brought_back(self, published, instructor):
        authoring.set_aside(item_id=published.pk, reason="Two keys.", by=instructor)
        assert fresh(published).status == "set_aside"
        with pytest.raises(ReviewRefused, match="is set aside by now"):
            authoring.set_aside(item_id=published.pk, reason="Again.", by=instructor)
        authoring.bring_back(item_id=published.pk, reason="It has one.", by=instructor)
        assert fresh(published).status == "published"
        entries = AuditEntry.objects.filter(actor_id=instructor.pk).order_by("pk")
        assert [(entry.action, entry.reason) for entry in entries] == [
            ("quizzes.item.set_aside", "Two keys."),
            ("quizzes.item.brought_back", "It has one."),
        ]

    def test_a_reason_is_needed_and_a_draft_is_not_set_aside(self, published, draft_beside, instructor):
        with pytest.raises(ReviewRefused, match="Give a reason"):
            authoring.set_aside(item_id=published.pk, reason="", by=instructor)
        with pytest.raises(ReviewRefused, match="The item is draft by now"):
            authoring.set_aside(item_id=draft_beside.pk, reason="Bad.", by=instructor)

    @pytest.fixture
    def draft_beside(self, books, instructor) -> Item:
        return authoring.create_item(spec=school.code_entry("kidney"), by=instructor).item

    def test_a_mended_version_brings_it_back(self, published, instructor, colleague):
        authoring.set_aside(item_id=published.pk, reason="Two keys.", by=instructor)
        save(published, instructor, stem="Mended?")
        ask(published, instructor, 2)
        assert fresh(published).status == "set_aside"
        approve(published, colleague, 2)
        publish(published, instructor, 2)
        assert fresh(published).status == "published"
