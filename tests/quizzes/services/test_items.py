from dataclasses import replace

import pytest
import yaml

from accounts.models import AuditEntry
from quizzes.errors import ContentError
from quizzes.models import Item, ItemVersion
from quizzes.services import authoring
from quizzes.services.items import load_items, save_item
from tests.quizzes.school import code_entry, mixed, single_best, version_of


def as_row(spec) -> dict:
    content = spec.content
    row = {
        "slug": spec.slug,
        "kind": content.kind,
        "domain": spec.domain,
        "systems": list(content.systems),
        "difficulty": spec.difficulty,
        "service_date": content.service_date,
        "stem": content.stem,
        "options": content.options,
        "key": content.key,
        "accept": content.accept,
        "rationale": content.rationale,
        "references": content.references,
    }
    return {name: value for name, value in row.items() if value != []}


@pytest.fixture
def pack(tmp_path):
    def write(*rows, name="items.yaml"):
        (tmp_path / name).write_text(yaml.safe_dump(list(rows)))
        return tmp_path

    return write


def test_loading_publishes_every_item_and_loading_again_writes_nothing(
    db, pack, admin, django_assert_num_queries
):
    path = pack(*map(as_row, mixed("pack")))
    first = load_items(path, admin)
    assert (first.created, first.changed, first.unchanged) == (4, 0, 0)
    assert set(Item.objects.values_list("slug", "status")) == {
        (f"pack-{name}", "published") for name in ("first", "second", "many", "code")
    }
    assert version_of("pack-code").content == mixed("pack")[3].content
    assert set(ItemVersion.objects.values_list("number", "created_by")) == {(1, admin.pk)}
    with django_assert_num_queries(4):  # kinds, items under lock, the savepoint's two
        again = load_items(path, admin)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 4)


def test_an_edit_makes_a_version_and_a_changed_key_is_audited(db, pack, admin):
    spec = single_best("edited")
    load_items(pack(as_row(spec)), admin)
    reworded = replace(spec, content=replace(spec.content, stem="Another stem?"))
    assert load_items(pack(as_row(reworded)), admin).changed == 1
    assert not AuditEntry.objects.exists()
    rekeyed = replace(spec, content=replace(reworded.content, key=["c"]))
    load_items(pack(as_row(rekeyed)), admin)
    versions = ItemVersion.objects.order_by("number").values_list("number", "stem", "key")
    assert list(versions) == [
        (1, "A visit: edited?", ["b"]),
        (2, "Another stem?", ["b"]),
        (3, "Another stem?", ["c"]),
    ]
    assert Item.objects.get().current.number == 3
    entry = AuditEntry.objects.get()
    assert (entry.actor_id, entry.action) == (admin.pk, "quizzes.item.key_changed")
    assert (entry.before["key"], entry.after["key"]) == (["b"], ["c"])


def test_a_changed_tag_makes_no_version(db, pack):
    load_items(pack(as_row(single_best("tagged"))), None)
    assert load_items(pack({**as_row(single_best("tagged")), "difficulty": "hard"}), None).changed == 1
    assert (Item.objects.get().difficulty, ItemVersion.objects.count()) == ("hard", 1)


def test_every_problem_is_told_with_file_and_slug_and_nothing_is_kept(db, pack):
    good = as_row(single_best("good"))
    broken = {**as_row(single_best("broken")), "key": ["z"], "difficulty": "fiendish"}
    short = {"slug": "short", "kind": "single_best", "colour": "blue"}
    pack(good, broken, short)
    with pytest.raises(ContentError) as caught:
        load_items(pack(good, name="more.yaml"), None)
    assert [str(problem) for problem in caught.value.problems] == [
        "items.yaml: broken: 'fiendish' is not a difficulty (easy, medium, hard)",
        "items.yaml: broken: the key names 'z', which is no option",
        "items.yaml: short: the field domain is missing",
        "items.yaml: short: the field systems is missing",
        "items.yaml: short: the field difficulty is missing",
        "items.yaml: short: the field service_date is missing",
        "items.yaml: short: the field stem is missing",
        "items.yaml: short: the field key is missing",
        "items.yaml: short: the field rationale is missing",
        "items.yaml: short: the field colour is unknown",
        "more.yaml: good: this slug stands more than once",
    ]
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- [unclosed", "items.yaml: not readable as YAML:"),
        ("just: a mapping", "items.yaml: the file must hold a list of mappings"),
        ("- !!python/object/apply:os.system [true]", "items.yaml: not readable as YAML:"),
    ],
)
def test_a_file_that_is_no_list_is_one_problem(db, tmp_path, text, words):
    (tmp_path / "items.yaml").write_text(text)
    with pytest.raises(ContentError) as caught:
        load_items(tmp_path, None)
    assert len(caught.value.problems) == 1
    assert str(caught.value).startswith(words)


def test_a_folder_without_content_says_so(db, tmp_path):
    with pytest.raises(ContentError, match="there is no YAML file here"):
        load_items(tmp_path / "nothing", None)


def test_a_kind_is_fixed_for_good(db, pack):
    load_items(pack(as_row(single_best("fixed"))), None)
    with pytest.raises(ContentError, match="the item exists as single_best"):
        load_items(pack(as_row(code_entry("fixed"))), None)
    assert ItemVersion.objects.count() == 1


def test_a_form_is_held_to_the_same_rules(db, admin):
    spec = single_best("by-hand")
    version = save_item(spec=spec, by=admin, status="draft")
    assert (version.number, version.item.status, version.item.current_id) == (1, "draft", version.pk)
    assert save_item(spec=spec, by=admin) == version
    with pytest.raises(ContentError, match="form: by-hand: the stem is empty"):
        save_item(spec=replace(spec, content=replace(spec.content, stem=" ")), by=admin)


class TestWhatAuthorsSettled:
    """A load brings nothing back and overwrites nothing that people decided in the browser."""

    @pytest.fixture
    def item(self, books, pack, admin) -> Item:
        load_items(pack(as_row(single_best("one")), as_row(single_best("two"))), admin)
        return Item.objects.get(slug="one")

    def test_what_is_set_aside_stays_aside(self, item, pack, admin, instructor):
        authoring.set_aside(item_id=item.pk, reason="Two keys.", by=instructor)
        outcome = load_items(pack(as_row(single_best("one", key="c")), as_row(single_best("two"))), admin)
        assert (outcome.created, outcome.changed, outcome.unchanged) == (0, 0, 1)
        assert outcome.left_words == "left as their authors have them: one"
        item.refresh_from_db()
        assert (item.status, item.current.number) == ("set_aside", 1)

    def test_what_is_in_review_is_not_published_past_its_reviewer(self, books, pack, admin, instructor):
        item = authoring.create_item(spec=single_best("one"), by=instructor).item
        authoring.ask_for_review(item_id=item.pk, number=1, by=instructor)
        assert load_items(pack(as_row(single_best("one"))), admin).left == ("one",)
        item.refresh_from_db()
        assert (item.status, item.current, item.versions.count()) == ("in_review", None, 1)

    def test_what_was_published_after_a_review_is_not_overwritten(self, item, pack, admin, instructor):
        spec = single_best("one", key="c")
        authoring.save_draft(item_id=item.pk, base_number=1, spec=spec, by=instructor)
        authoring.ask_for_review(item_id=item.pk, number=2, by=instructor)
        authoring.code_blind(item_id=item.pk, number=2, answer={"choice": "c"}, by=admin)
        authoring.decide(item_id=item.pk, number=2, approve=True, comment="", by=admin)
        authoring.publish(item_id=item.pk, number=2, by=instructor)
        path = pack(as_row(single_best("one")), as_row(single_best("two")))
        assert load_items(path, admin).left == ("one",)
        item.refresh_from_db()
        assert (item.current.number, item.current.key) == (2, ["c"])
        same = load_items(pack(as_row(spec), as_row(single_best("two"))), admin)
        assert (same.unchanged, same.left, same.left_words) == (2, (), "")

    def test_a_draft_that_a_load_publishes_is_in_the_audit_trail(self, books, pack, admin, instructor):
        authoring.create_item(spec=single_best("one"), by=instructor)
        load_items(pack(as_row(single_best("one"))), admin)
        entry = AuditEntry.objects.get()
        assert (entry.actor_id, entry.action) == (admin.pk, "quizzes.item.status_changed")
        assert (entry.before, entry.after) == ({"status": "draft"}, {"status": "published"})
