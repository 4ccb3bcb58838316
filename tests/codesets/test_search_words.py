"""The pure parts of search: terms, words of a release, readings of a query, the order of units."""

from array import array

import pytest

from codesets import vocabulary
from codesets.search.lexicon import Lexicon, completions, parted, spellings
from codesets.search.plan import Reading, Word, conditions, is_read_whole, plan
from codesets.search.rank import Scale, best_units
from codesets.search.words import bare, read, split, stem


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
    ("typed", "written"),
    [
        ("preeclampsia", "Pre-eclampsia"),
        ("gastroesophageal", "Gastro-esophageal"),
        ("non displaced", "Nondisplaced"),
        ("cant", "can't"),
    ],
)
def test_a_beginning_and_its_word_are_one_word_however_it_is_written(typed, written):
    assert split(typed) == split(written)
    assert split("X-ray, two-vessel") == ["x", "ray", "two", "vessel"]


def test_a_text_says_and_denies():
    text = read("Laceration (deep) without foreign body of left ear, not intractable")
    assert text.certain == {"laceration", "left", "ear"}
    assert text.optional == {"deep"}
    assert text.denied == {"without", "foreign", "body", "not", "intractabl"}
    assert read("Laceration without foreign body of scalp").certain == {"laceration", "scalp"}
    assert read("initial encounter for closed fracture").certain == {"initial", "encounter"}
    assert read("Cane, wood, each", named=True).certain == {"cane"}


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


@pytest.mark.parametrize(
    "others", [("ilium", "ileum"), ("left", "leg"), ("mass", "mas"), ("2a", "2b"), ("cane", "canoe")]
)
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
    typed, of_phrase = (
        next(w.lacking for w in given[1].words if term in w.shares) for term in ("page", "glar")
    )
    assert typed > of_phrase
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
    reading = Reading((Word({"often": 1.0}), Word({"rare": 1.0})))
    ranked = best_units(reading, book, postings, array("H", [0] * 40), 10)
    assert [unit for _, unit in ranked] == [7]


def reading_rows(monkeypatch, *rows: vocabulary.Reading) -> None:
    monkeypatch.setattr(vocabulary, "readings", lambda words: list(rows))


def test_the_likeliest_phrases_of_two_abbreviations_are_read_before_the_unlikely_of_one(monkeypatch):
    rows = (
        vocabulary.Reading(at, at + 1, tuple(f"{name}{number}" for number in range(6)), "abbreviation", name)
        for at, name in enumerate(("aa", "bb"))
    )
    reading_rows(monkeypatch, *rows)
    given = [each.terms for each in plan("aa bb", [lexicon("page")])]
    assert given[1:4] == [{"aa0", "bb0"}, {"aa0", "bb1"}, {"aa1", "bb0"}]
    assert len(given) == 7


def test_a_word_for_a_word_stands_beside_it_and_a_side_does_not_part_words(monkeypatch):
    asked: list[list[str]] = []

    def readings(words: list[str]) -> list[vocabulary.Reading]:
        asked.append(words)
        at = words.index("femoral")
        return [vocabulary.Reading(at, at + 1, ("femur",), "synonym", "femoral")]

    monkeypatch.setattr(vocabulary, "readings", readings)
    [given] = plan("fracture femoral left shaft", [lexicon("fracture", "femoral", "shaft", "left")])
    assert {"femoral", "femur"} in [set(word.shares) for word in given.words]
    assert asked[-1] == ["left", "fracture", "femoral", "shaft"]


def test_both_is_bilateral_and_no_is_without():
    given = plan("both ears no coma", [lexicon("ears", "bilateral", "coma", "without")])[0]
    assert {"bilateral", "without"} <= given.terms
    assert [word.denied for word in given.words if "coma" in word.shares] == [True]


def test_how_a_disease_is_inherited_and_the_number_of_its_kind_may_lack():
    books = [lexicon("familial", "page", "fever", "type", "2")]

    def lacking(q: str) -> list[float]:
        return [word.lacking for word in plan(q, books)[0].words]

    familial, page, fever, number = lacking("familial page fever 2")
    assert familial == number < page == fever
    assert len(set(lacking("page fever type 2"))) == 1


def test_conditions_are_cut_where_an_abbreviation_begins(monkeypatch):
    rows = [
        vocabulary.Reading(0, 1, ("acute kidney failure",), "abbreviation", "AKI"),
        vocabulary.Reading(1, 2, ("with",), "abbreviation", "w"),
        vocabulary.Reading(2, 3, ("chronic kidney disease",), "abbreviation", "CKD"),
    ]
    reading_rows(monkeypatch, *rows)
    assert conditions("AKI w CKD 4") == ["aki w", "ckd 4"]
    reading_rows(monkeypatch, *rows[:2])
    assert conditions("AKI w failure") == []


WORDS = "knee pain right left unilateral poisoning coma without"
BOOK = lexicon(*WORDS.split(), total=1000)


def worth(text: str, *words: Word) -> float:
    return Scale(Reading(words), BOOK).worth(read(text))


def test_the_other_side_and_no_side_are_worth_less_than_the_side():
    asked = Word({"knee": 1.0}), Word({"right": 1.0, "unilateral": 0.5}, 1.0)
    given = [worth(text, *asked) for text in ("knee unilateral right", "knee right", "knee", "knee left")]
    assert given[0] == given[1] == 1
    assert given[1] > given[2] > given[3]
    assert worth("knee unilateral", *asked) < worth("knee right", *asked)
    assert worth("knee left", *asked) < worth("knee pain", *asked)


def test_another_word_is_worth_no_more_than_the_one_that_was_typed():
    book = lexicon(often=400, rare=1, total=1000)
    scale = Scale(Reading((Word({"often": 1.0, "rare": 0.5}),)), book)
    assert scale.worth(read("rare")) < scale.worth(read("often")) == 1


def test_what_was_typed_counts_for_more_than_what_a_phrase_adds():
    typed, of_phrase = Word({"knee": 1.0}, 0.4), Word({"pain": 1.0}, 0.25)
    assert worth("knee", typed, of_phrase) > worth("pain", typed, of_phrase)


def test_a_text_is_not_found_by_what_it_denies_unless_that_is_denied():
    assert worth("knee without coma", Word({"knee": 1.0}), Word({"coma": 1.0})) < 0.8
    assert worth("knee without coma", Word({"knee": 1.0})) > 0.9
    denied = Word({"without": 1.0}), Word({"coma": 1.0}, denied=True)
    assert worth("knee without coma", Word({"knee": 1.0}), *denied) == 1
    assert worth("knee with coma", Word({"knee": 1.0}), *denied) < 0.6


def test_a_word_that_misplaces_a_text_costs_more_than_another():
    assert worth("knee poisoning", Word({"knee": 1.0})) < worth("knee pain", Word({"knee": 1.0}))
