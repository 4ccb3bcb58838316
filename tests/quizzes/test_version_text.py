from quizzes.models import ItemVersion
from quizzes.services.items import FROZEN
from quizzes.version_text import FIELDS, compare_versions, version_text
from tests.quizzes.school import ON


def version(**fields) -> ItemVersion:
    base = {"service_date": ON, "stem": "Which ear?\n", "key": ["b"], "rationale": "One\ntwo\nthree\nfour\n"}
    return ItemVersion(**{**base, **fields})


def test_a_version_reads_as_in_a_packs_file():
    assert version_text(version()) == (
        "service_date: 2026-05-12\nstem: Which ear?\nkey:\n  - b\n"
        "rationale: |-\n  One\n  two\n  three\n  four\n"
    )


def test_the_space_around_words_and_the_order_of_fields_are_no_difference():
    one = version(options=[{"id": "a", "text": "Left", "why": "x"}])
    two = version(stem="Which ear?", options=[{"why": "x", "text": "Left", "id": "a"}])
    assert compare_versions(one, two) == []


def test_what_changed_stands_between_the_lines_beside_it():
    lines = compare_versions(version(), version(stem="Which side?", rationale="One\ntwo\nthree\n5"))
    assert [(line.kind, line.text) for line in lines] == [
        ("same", "service_date: 2026-05-12"),
        ("removed", "stem: Which ear?"),
        ("added", "stem: Which side?"),
        ("same", "key:"),
        ("same", "  - b"),
        ("gap", ""),
        ("same", "  two"),
        ("same", "  three"),
        ("removed", "  four"),
        ("added", "  5"),
    ]


def test_no_field_of_a_version_is_left_out():
    assert sorted(FIELDS) == sorted(FROZEN)
