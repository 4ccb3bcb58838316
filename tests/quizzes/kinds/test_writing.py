"""What an author's form sends, read into the shapes of a version and back."""

from dataclasses import replace

import pytest

from quizzes.kinds import KINDS
from quizzes.kinds.sequencing import shown_order
from quizzes.kinds.writing import (
    WritingError,
    as_yaml,
    read_mapping,
    read_options,
    rows_of,
)
from tests.quizzes import school

SPECS = [
    school.single_best("one"),
    school.multiple_response("many"),
    school.code_entry("code"),
    school.sequencing("order"),
    school.coded_case("case"),
    school.audit("audit"),
]


def controls(**values: str) -> dict[str, list[str]]:
    return {name.replace("_", "-"): [value] for name, value in values.items()}


def test_every_kind_has_a_form_here():
    assert {spec.content.kind for spec in SPECS} == set(KINDS)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.slug)
def test_the_key_of_every_kind_is_tried_and_what_stands_beside_it_is_meant(spec):
    kind = KINDS[spec.content.kind]
    for name, answer, _ in kind.trials(spec.content):
        assert name
        parsed = kind.parse_answer(answer, options=spec.content.options, systems=spec.content.systems)
        assert parsed is not None
        assert parsed != kind.key_answer(spec.content)


def test_rows_come_in_the_order_of_their_numbers_with_the_line_ends_of_a_pack():
    sent = controls(
        option_10_text="ten", option_2_text=" two\r\nlines ", other_1_text="no", option_x_text="no"
    )
    assert rows_of(sent, "option") == [(2, {"text": "two\nlines"}), (10, {"text": "ten"})]


def test_an_option_keeps_its_id_and_a_new_one_gets_a_free_one():
    sent = controls(
        option_1_id="a",
        option_1_text="First",
        option_2_id="",
        option_2_text="New",
        option_3_id="b",
        option_3_text="",  # emptied: it is gone, and so is its id
    )
    assert [(option["id"], option["text"]) for _, _, option in read_options(sent)] == [
        ("a", "First"),
        ("c", "New"),
    ]


def test_options_that_are_codes_are_put_in_order_and_the_key_goes_with_them():
    sent = {
        **controls(
            option_1_id="a",
            option_1_is="icd10cm",
            option_1_text="i10",
            option_1_why="W1",
            option_2_id="b",
            option_2_is="icd10cm",
            option_2_text="e1122",
            option_2_why="W2",
            option_2_misconception="M2",
        ),
        "key": ["1"],
    }
    assert KINDS["single_best"].written(sent) == {
        "options": [
            {
                "id": "b",
                "code": {"system": "icd10cm", "code": "E11.22"},
                "why": "W2",
                "misconception": "M2",
            },
            {"id": "a", "code": {"system": "icd10cm", "code": "I10"}, "why": "W1"},
        ],
        "key": ["a"],
    }


def test_a_half_written_item_is_kept_and_the_rules_name_what_lacks():
    written = KINDS["single_best"].written(controls(option_1_text="Only one", option_1_id=""))
    content = replace(school.single_best("half").content, **written)
    assert content.options == [{"id": "a", "text": "Only one", "why": ""}]
    assert KINDS["single_best"].problems(content) == [
        "option a does not say why it is right or wrong",
        "a single best answer has 4 options, not 1",
        "a single best answer has one key, not 0",
    ]


def test_the_system_of_a_code_entry_is_that_of_its_key():
    sent = controls(code_system="hcpcs", code_right="j0696", accept_1_code="J0697", accept_1_why="As right")
    assert KINDS["code_entry"].written(sent) == {
        "systems": ("hcpcs",),
        "key": [{"system": "hcpcs", "code": "J0696"}],
        "accept": [{"system": "hcpcs", "code": "J0697", "why": "As right"}],
    }


class TestSequencing:
    sent = controls(
        option_1_id="a",
        option_1_text="First",
        option_1_place="2",
        option_2_id="b",
        option_2_text="Second",
        option_2_place="1",
        option_3_id="c",
        option_3_text="Third",
        option_3_place="3",
        accept_1_order="1 3 2",
        accept_1_why="As right",
    )

    def test_places_make_the_key_and_accepted_orders_are_places_of_it(self):
        written = KINDS["sequencing"].written(self.sent)
        assert written["key"] == ["b", "a", "c"]
        assert written["accept"] == [{"order": ["b", "c", "a"], "why": "As right"}]

    def test_the_shown_order_is_never_the_right_one_and_the_same_each_time(self):
        texts = [{"id": name, "text": f"Text {name}"} for name in "abcdef"]
        for count in range(3, 7):
            shown = shown_order(texts[:count], [])
            assert [one["id"] for one in shown] != list("abcdef")[:count]
            assert sorted(one["id"] for one in shown) == list("abcdef")[:count]
            assert shown_order(texts[:count], []) == shown

    def test_the_order_that_students_met_stays_while_it_fits(self):
        texts = [{"id": name, "text": f"Text {name}"} for name in "abc"]
        assert [one["id"] for one in shown_order(texts, ["c", "b", "a"])] == ["c", "b", "a"]
        assert [one["id"] for one in shown_order(texts, ["a", "b", "c"])] != ["a", "b", "c"]

    def test_codes_stand_in_ascending_order_whatever_stood_before(self):
        codes = [{"id": name, "code": school.cm(code)} for name, code in (("a", "I10"), ("b", "E11.22"))]
        assert [one["id"] for one in shown_order(codes, ["a", "b"])] == ["b", "a"]


class TestYaml:
    def test_dates_become_text_and_a_poa_of_1_stays_text(self):
        assert read_mapping("day: 2026-05-12\nlines:\n  - {poa: 1, units: 2}\n", "The key") == {
            "day": "2026-05-12",
            "lines": [{"poa": "1", "units": 2}],
        }

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("diagnoses:\n  - {code: E11.22\n", "The key, line 3: "),
            ("- a\n- b\n", "The key must be a mapping"),
            ("on: 2026-02-31\n", "The key: "),
            ("a: &a [x]\nb: *a\n", "The key, line 2: it uses YAML references"),
            ("a: " + "[" * 3_000, "The key, line 1: its mappings and lists lie too deep"),
            ("a: 1\n" * 4_001, "The key: write at most 20,000 characters"),
        ],
    )
    def test_what_cannot_be_read_is_said_with_its_line(self, text, said):
        with pytest.raises(WritingError) as refused:
            read_mapping(text, "The key")
        assert refused.value.problems[0].startswith(said)

    def test_what_json_cannot_hold_stays_as_text(self):
        assert read_mapping("share: .nan\nmost: 1.5\n", "The policy") == {"share": "nan", "most": 1.5}
        assert rows_of({"option-1-text": ["a\0b"]}, "option") == [(1, {"text": "ab"})]

    def test_what_is_written_out_is_read_back(self):
        value = {"diagnoses": [{"code": "E11.22", "why": "Two\nlines", "support": ["a: b", "- c"]}]}
        assert read_mapping(as_yaml(value), "The key") == value
        assert as_yaml({}) == ""
