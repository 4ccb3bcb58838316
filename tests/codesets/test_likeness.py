from codesets.likeness import Titles, dice, folded, letters, words

TITLES = {
    "Q1": "Injection, glowmab, 10 mg",
    "Q2": "Injection, dullmab, 10 mg",
    "Q3": "Lamp oil was given",
    "Q4": "Lamp oil was not given",
    "Q5": "Injection, glowmab-xy, (Shine), 1 mg",
}


def any_title(code: str) -> float | None:
    return 0.0


def test_words_leave_case_plural_punctuation_and_nothing_said_out():
    assert words("Lamps (oil), NOT otherwise specified") == {"lamp", "oil"}
    assert words("Not glass") == {"not", "glas"}
    assert folded("Page-fever, (mild)") == "page fever mild"


def test_letters_forgive_a_slip_of_the_pen():
    assert dice(letters("lamp exedens"), letters("Lamp  excedens")) > 0.75
    assert dice(letters("lamp"), letters("ink")) == 0
    assert dice(letters(""), letters("")) == 1


def test_the_rare_word_decides_not_the_dose():
    found = Titles(TITLES).like("Injection, glowmab, 250 mg", any_title)
    assert [code for _, code in found[:2]] == ["Q1", "Q5"]
    assert found[0][0] > 0.8


def test_a_title_that_denies_is_not_like_one_that_affirms():
    titles = Titles(TITLES)
    assert [code for _, code in titles.like("Lamp oil given", any_title)] == ["Q3"]
    assert [code for _, code in titles.like("Lamp oil not given", any_title)] == ["Q4"]


def test_who_asks_says_how_alike_is_enough():
    titles = Titles(TITLES)
    assert [code for _, code in titles.like("Injection, glowmab, 10 mg", {"Q1": 0.9}.get)] == ["Q1"]
    assert titles.like("Injection, glowmab, by mouth, daily", {"Q1": 0.9}.get) == []


def test_without_the_word_that_says_the_most_nothing_is_like_it():
    assert Titles(TITLES).like("Injection, unheardmab, 10 mg", any_title) == []


def test_words_in_brackets_do_not_tell_what_a_title_is_of():
    found = Titles({"A": "Shine polish"}).like("Injection, glowmab, (Shine)", any_title)
    assert found == []


def test_a_title_without_words_is_like_nothing():
    assert Titles(TITLES).like("", any_title) == []
    assert Titles({}).like("Lamp oil", any_title) == []
