"""The pure parts of search: terms, words of a release, readings of a query, the order of units."""

from array import array

import pytest

from codesets import vocabulary
from codesets.search.lexicon import Lexicon, completions, parted, spellings
from codesets.search.plan import Reading, Word, is_read_whole, plan
from codesets.search.rank import best_units
from codesets.search.words import bare, split, stem


@pytest.fixture(autouse=True)
def _no_vocabulary(monkeypatch):
    monkeypatch.setattr(vocabulary, "readings", lambda words: [])


def lexicon(*words: str, total: int = 100, **counts: int) -> Lexicon:
    rows = dict.fromkeys(words, 1) | counts
    return Lexicon(total, [(stem(word), count, word) for word, count in rows.items()])


def test_words_are_letters_and_digits_without_accents_and_possessives():
    assert split("Ménière's  disease, stage-3A (x)") == ["meniere", "disease", "stage", "3a", "x"]
    assert split(" … ") == []


@pytest.mark.parametrize(
    "same",
    [
        ("fracture", "fractures", "fractured"),
        ("biopsy", "biopsies"),
        ("anaemia", "anemia", "anemic"),
        ("tumour", "tumors", "tumor"),
        ("metastasis", "metastases"),
        ("vertebrae", "vertebra"),
        ("ischaemic", "ischemic"),
        ("paralyse", "paralyze"),
        ("diabetes", "diabetic"),
        ("iv", "4"),
        ("nos", "unspecified"),
        ("boxes", "box"),
        ("healing", "healed"),
    ],
)
def test_forms_of_a_word_have_one_term(same):
    assert len({stem(word) for word in same}) == 1


@pytest.mark.parametrize("others", [("ilium", "ileum"), ("left", "leg"), ("mass", "mas"), ("2a", "2b")])
def test_other_words_have_other_terms(others):
    assert len({stem(word) for word in others}) == len(others)


def test_what_may_be_left_out_is_left_out():
    assert split(bare("Fever (high) [hot] of part, unspecified side")) == [
        "fever",
        "of",
        "part",
        "unspecified",
    ]


def test_one_slip_is_forgiven_and_common_words_come_first():
    books = [lexicon(toxic=40, otic=30, tonic=2)]
    assert spellings(books, "otxic")[0] == "otic"  # the first letter is seldom the wrong one
    assert spellings(books, "toxc") == ["toxic"]
    assert spellings(books, "toxxic") == ["toxic"]
    assert spellings(books, "txoic") == ["toxic"]
    assert spellings([lexicon("toxic")], "tosic") == ["toxic"]
    assert spellings(books, "tooooxic") == []
    assert spellings(books, "ear") == spellings(books, "x9ic") == []


def test_an_unfinished_word_may_become_the_commonest_that_begin_so():
    books = [lexicon(hypertension=50, hypoxia=5), lexicon(hypoxia=80)]
    assert completions(books, "hyp") == ["hypoxia", "hypertension"]
    assert completions(books, "hype") == ["hypertension"]
    assert completions(books, "x") == []


def test_two_words_written_as_one():
    assert parted([lexicon("heart", "attack")], "heartattack") == ("heart", "attack")
    assert parted([lexicon("heart")], "heartattack") is None
    assert parted([lexicon("heart")], "ab") is None


def test_the_last_word_goes_on_until_a_space_ends_it():
    books = [lexicon("lamp", "lampshade", "glare")]
    assert plan("glare lamp", books)[0].terms == {"glar", "lamp", "lampshad"}
    assert plan("glare lamp ", books)[0].terms == {"glar", "lamp"}
    assert plan("lamp glare", books)[0].terms == {"glar", "lamp"}
    assert plan("glare la", books)[0].terms == {"glar"}  # two letters begin too many words


def test_all_phrases_of_an_abbreviation_are_readings_beside_the_query_as_it_stands(monkeypatch):
    row = vocabulary.Reading(1, 2, ("multiple glare", "lamp"), "abbreviation", "MS")
    monkeypatch.setattr(vocabulary, "readings", lambda words: [row])
    given = plan("page ms", [lexicon("page", "multiple", "glare", "lamp")])
    assert [each.terms for each in given] == [{"page", "ms"}, {"page", "multipl", "glar"}, {"page", "lamp"}]
    assert [each.said for each in given] == [(), ("MS = multiple glare",), ("MS = lamp",)]
    assert given[0].credit > given[1].credit > given[2].credit
    assert not is_read_whole("page ms")


def test_a_slip_is_mended_before_the_vocabulary_is_asked(monkeypatch):
    row = vocabulary.Reading(0, 2, ("lamp",), "lay", "heart attack")
    monkeypatch.setattr(vocabulary, "readings", lambda words: [row] if words == ["heart", "attack"] else [])
    given = plan("haert attack", [lexicon("heart", "attack", "lamp")])
    assert given[1].terms == {"lamp"}
    assert given[1].said == ("haert read as heart", "heart attack = lamp")
    assert is_read_whole("heart attack")


def test_a_whole_text_comes_before_a_longer_one_and_before_one_that_lacks_a_word():
    """Units: 0 "a b", 1 "a b c", 2 "a", 3 "b", all words equally rare."""
    book = Lexicon(4, [("a1", 3, "a1"), ("b1", 3, "b1"), ("c1", 3, "c1")])
    postings = {"a1": array("I", [0, 1, 2]), "b1": array("I", [0, 1, 3]), "c1": array("I", [1])}
    grains = round(book.rarities["a1"] * 100)
    weights = array("H", [2 * grains, 3 * grains, grains, grains])
    reading = Reading((Word({"a1": 1.0}), Word({"b1": 1.0})))
    ranked = best_units(reading, book, postings, weights, 10)
    assert [unit for _, unit in ranked] == [0, 1, 2, 3]
    assert ranked[0][0] == pytest.approx(1, abs=0.01)
    assert best_units(reading, book, postings, weights, 1)[0][1] == 0
    assert best_units(Reading((Word({"no": 1.0}),)), book, postings, weights, 1) == []


def test_common_words_add_to_what_rare_ones_found_and_bring_nothing(monkeypatch):
    monkeypatch.setattr("codesets.search.rank.ENOUGH", 2)
    book = Lexicon(50, [("rare", 1, "rare"), ("often", 40, "often")])
    postings = {"rare": array("I", [7]), "often": array("I", range(40))}
    ranked = best_units(
        Reading((Word({"often": 1.0}), Word({"rare": 1.0}))), book, postings, array("H", [0] * 40), 10
    )
    assert [unit for _, unit in ranked] == [7]
