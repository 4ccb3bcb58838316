from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import from_regex, text

from codesets import catalog, vocabulary
from codesets.services.releases import publish_release
from tests.codesets.conftest import READING_2027, stage

ON = date(2026, 5, 1)


def found(q: str, **asked) -> list[tuple[str, str]]:
    return [(hit.code.display, hit.why) for hit in catalog.search(q, ON, **asked)]


def codes(q: str, **asked) -> list[str]:
    return [code for code, _ in found(q, **asked)]


@pytest.mark.parametrize("q", ["S12.1", "s121", " s12.1- ", "S 12.1"])
def test_the_beginning_of_a_code_with_or_without_dot(reading, q):
    assert found(q) == [("S12.1", "Code"), ("S12.1XXA", "Code"), ("S12.1XXD", "Code")]


def test_the_very_code_comes_first(reading):
    assert codes("r00") == ["R00", "R00.0", "R00.1", "R00.9"]
    assert codes("S12.80X1") == ["S12.80X1"]
    assert codes("R00", limit=2) == ["R00", "R00.0"]


def test_a_modifier_is_found_by_its_two_letters_alone(reading, supplies):
    assert found("zl") == [("ZL", "Code")]
    assert catalog.search("zl", ON)[0].code.kind == "modifier"


def test_words_in_any_order_the_last_one_unfinished(reading):
    assert codes("spine fev")[0] == codes("fever spi")[0] == "R00.1"
    assert codes("bum") == ["S06.0", "S06.0X", "S06.0X1", "S06.0X7"]


def test_the_default_then_the_very_title_then_what_says_more(reading):
    assert found("page fever") == [
        ("R00.9", "Title"),  # the books leave ", unspecified" to the default, which can be reported
        ("R00", "Title"),
        ("R00.0", "Title"),
        ("R00.1", "Title"),
    ]


def test_a_term_says_so_with_its_words_and_what_stands_in_brackets_may_be_left_out(reading):
    assert found("bookworm's fever")[0] == ("R00", "Inclusion term: bookworm's fever (mild)")
    assert found("page fever nos")[0][0] == "R00.9"


def test_typing_past_the_stem_still_finds_the_word(db, tmp_path):
    """Of "hypertension" the index has the stem "hypertens", which "hypertensi" is not a beginning of."""
    path = tmp_path / "tension.xml"
    path.write_text(READING_2027.read_text().replace("Ink cough", "Ink hypertension"))
    publish_release(release_id=stage(path, "2027", date(2026, 10, 1)).id, by=None)
    for typed in ("hyp", "hypertens", "hypertensi", "hypertensio", "hypertension", "ink hypertensi"):
        assert [hit.code.display for hit in catalog.search(typed, date(2027, 1, 1))] == ["R02"]


def test_headers_and_billable_codes_are_told_apart(reading):
    hits = {hit.code.display: hit.code.billable for hit in catalog.search("page fever", ON)}
    assert hits == {"R00": False, "R00.9": True, "R00.1": True, "R00.0": True}
    assert codes("page fever", billable=False) == ["R00"]
    assert codes("R00", billable=True) == ["R00.0", "R00.1", "R00.9"]


def test_who_wants_billable_codes_gets_the_seventh_characters(reading):
    assert codes("paper cut thumb")[0] == "S12.1"
    assert codes("paper cut thumb", billable=True)[:2] == ["S12.1XXA", "S12.1XXD"]


def test_words_of_a_seventh_character_lead_to_the_full_code(reading):
    assert found("thumb cut subsequent encounter")[0] == ("S12.1XXD", "Title")
    assert codes("subsequent") == []  # a meaning alone leads nowhere: it would be half the book


def test_the_rarest_words_lead_where_not_all_are_found(reading):
    assert codes("lexicon shelf fall thunder")[0] == "T10.91"
    assert set(codes("ladder thunder")) == {"T10.912", "T10.9121"}


def test_a_slip_of_the_finger_is_read_as_a_word_of_the_books(reading):
    for typed, meant in (("lexcon", "lexicon"), ("lxeicon", "lexicon"), ("ladddr", "ladder")):
        assert codes(f"shelf fall {typed} x")[0].startswith("T10.91")
        assert found(f"{typed} x")[0][1] == f"Title; {typed} read as {meant}"
    assert found("shelffall")[0] == ("T10", "Title; shelffall read as shelf fall")
    assert found("lexi con")[0] == ("T10.91", "Title; read as lexicon")


def test_what_an_abbreviation_or_a_lay_word_stands_for_is_sought_and_said(reading, monkeypatch):
    row = vocabulary.Reading(0, 1, ("shelf fall", "lamp glare"), "abbreviation", "SFX")
    monkeypatch.setattr(vocabulary, "readings", lambda words: [row] if words[:1] == ["sfx"] else [])
    assert found("sfx")[0] == ("T10", "Title; SFX = shelf fall")
    assert ("R01", "Title; SFX = lamp glare") in found("sfx")
    assert found("sfx lexicon")[0] == ("T10.91", "Title; SFX = shelf fall")


def test_a_range_gives_the_codes_between_its_bounds_level_by_level(reading):
    assert codes("R00 - R01", limit=3) == ["R00", "R01", "R00.0"]
    assert codes("r00.0-r00.1") == ["R00.0", "R00.1"]
    below = ["S12.1XXA", "S12.1XXD", "S12.80", "S12.80X0", "S12.80X1"]
    assert codes("S12.1 to S12.8") == ["S12.1", "S12.8", *below]


def test_a_code_before_words_is_a_code(reading):
    assert found("R00.1 fever")[0] == ("R00.1", "Code")


@pytest.mark.parametrize(
    "q", ["", "   ", "%", "\0", "' & | !", "zzzz", "(", "\\", "R00' OR 1=1", ":*", "<->"]
)
def test_what_is_not_a_word_of_the_books_finds_nothing_and_breaks_nothing(reading, q):
    assert codes(q) == []


def test_a_long_query_is_cut(reading):
    assert codes("fever " * 5000) == codes("fever fever fever")


def test_systems_and_dates_bound_the_search(reading, supplies):
    assert codes("reading lamp")[:2] == ["E0001", "E0002"]  # whose title begins so
    assert codes("lamp", systems=["icd10cm"]) == ["R01"]
    assert set(codes("lamp")) == {"R01", "E0001", "E0002"}
    assert catalog.search("lamp", date(2020, 1, 1)) == []


def test_only_releases_in_force_are_searched(reading):
    staged = stage(READING_2027, "2027", date(2026, 10, 1))
    assert "R02" not in codes("ink cough")
    publish_release(release_id=staged.id, by=None)
    assert "R02" not in codes("ink cough")
    assert [hit.code.display for hit in catalog.search("ink cough", date(2026, 10, 1))] == ["R02"]
    assert len(catalog.search("unlucky", date(2026, 10, 1))) == 1


def test_queries_stay_few(reading, django_assert_max_num_queries):
    catalog.search("page fever", ON)  # what a process keeps
    for q in ("r00", "page fever", "thumb cut subsequent encounter", "no such words here"):
        with django_assert_max_num_queries(6):
            catalog.search(q, ON)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=text(max_size=80) | from_regex(r"(page|fever|S12\.?1?|[a-z]{1,9}|[- ,()]){1,12}"))
def test_no_text_breaks_it(reading, q):
    for hit in catalog.search(q, ON, limit=5):
        assert hit.code.release.id == reading.id
