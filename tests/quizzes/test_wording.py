"""Each limit is met from both sides: an item that just passes, and one that just does not."""

from dataclasses import replace

import pytest

from quizzes import wording
from quizzes.wording import Worded, bank_figures, cpt_numbers, item_wording, near_duplicates
from tests.quizzes import school


def content(**changes):
    options = changes.pop("texts", None)
    made = school.single_best("one").content
    if options:
        named = zip("abcd", options, strict=True)
        changes["options"] = [{"id": name, "text": text, "why": "w"} for name, text in named]
    return replace(made, **changes)


def test_a_plain_item_has_nothing_wrong():
    assert item_wording(content(stem="A visit. Which code is reported?")) == []


def test_a_stem_has_at_most_180_words():
    assert item_wording(content(stem="word " * 180)) == []
    assert item_wording(content(stem="word " * 181)) == ["the stem has 181 words, more than 180"]
    assert item_wording(content(stem="word " * 181), is_case=True) == []


@pytest.mark.parametrize(
    ("stem", "negative"),
    [
        ("Which code is not reported?", True),
        ("Which code is not reported with E11.22?", True),
        ("Which finding isn’t coded?", True),
        ("Which finding doesn’t count?", True),
        ("E11.22 was not found. Which code is reported with I10.9?", False),
        ("All of these hold EXCEPT which?", True),
        ("The physician did not operate. Which code is reported?", False),
        ("Which of them is liable under the False Claims Act?", False),
    ],
)
def test_the_question_is_asked_in_the_positive(stem, negative):
    assert bool(item_wording(content(stem=stem))) is negative


@pytest.mark.parametrize(
    "text",
    [
        "All of the above",
        "none of these options",
        "Both A and C",
        "None of them",
        "None of these is reported",
        "All three.",
        "A and C",
        "A, B, and D",
    ],
)
def test_no_option_stands_for_others(text):
    assert item_wording(content(texts=["x", "y", "z", text])) == ["an option stands for other options"]


@pytest.mark.parametrize(
    "text", ["All three fractures have codes", "Part A and Part B", "A and the code for the cause"]
)
def test_an_option_may_name_several_things(text):
    assert item_wording(content(texts=["x", "y", "z", text])) == []


@pytest.mark.parametrize("word", ["always", "every time", "without fail"])
def test_no_option_is_absolute(word):
    assert item_wording(content(texts=["x", f"It is {word} first", "z", "u"])) == [
        f"an option is absolute ({word})"
    ]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Report 99213 and 0001F.", ["0001F", "99213"]),
        ("99213-25, 93458-26-59 and 0002M", ["0002M", "93458", "99213"]),
        ("99202-99215, 99221–99223", ["99202", "99215", "99221", "99223"]),
        ("99213,99214,0591T", ["0591T", "99213", "99214"]),
        ("_99213_ and **99214**", ["99213", "99214"]),
        ("It costs $12345, 12,345 or 12345.50; A1234; order 123456; 10021-3.", []),
        ("10,12345; 12345,678; 12345-6789; 12345-678-90; $10000-20000; x-99213; 99213-25-3", []),
    ],
)
def test_what_looks_like_a_cpt_number(text, numbers):
    assert cpt_numbers(text) == numbers


def test_only_the_cpt_pack_names_cpt_numbers():
    told = content(rationale="That is 99213.")
    assert "99213" in item_wording(told)[0]
    assert item_wording(replace(told, systems=("cpt",))) == []


def test_each_text_of_an_item_is_looked_through_for_cpt_numbers():
    made = content()
    first, *others = made.options
    case = school.coded_case("case").content
    document, *rest = case.chart
    for told in (
        replace(made, options=[{**first, "text": "99213"}, *others]),
        replace(made, options=[{**first, "misconception": "99213 is right"}, *others]),
        replace(case, chart=[{**document, "title": "Visit 99213"}, *rest]),
        replace(case, chart=[{**document, "text": "Billed with 99213"}, *rest]),
    ):
        assert item_wording(told) == [
            "it names what may be a CPT number (99213), which the CPT pack alone may"
        ]


def test_two_texts_of_an_item_make_no_cpt_number_together():
    made = content(rationale="Room 992", texts=["13", "x", "y", "z"])
    options = [{**option, "why": "992"} for option in made.options]
    assert item_wording(replace(made, options=options)) == []


def bank(keys, longest=0):
    made = []
    for number, key in enumerate(keys):
        texts = dict.fromkeys("abcd", "alike")
        if number < longest:
            texts[key] = "longer than the others"
        made.append(content(texts=list(texts.values()), key=[key]))
    return bank_figures(made)


def test_keys_are_spread_and_not_the_longest():
    even = bank("abcd" * 10, longest=14)
    assert (even.longest, even.positions["a"]) == (0.35, (25.0, 25.0))
    assert even.problems() == []
    assert bank("abcd" * 10, longest=15).problems() == [
        "the key is the longest option in 38% of items, more than 35%"
    ]
    assert bank("a" * 14 + "bcd" * 9).problems() == ["34% of the keys stand at a, where 25% would be even"]


def test_a_few_items_say_nothing_of_a_bank():
    assert bank("a" * 39, longest=39).problems() == []


def test_a_tie_for_the_longest_does_not_count():
    assert bank_figures([content(texts=["same", "same", "x", "y"], key=["a"])]).longest == 0.0


def test_near_duplicates_share_their_runs_of_three_words():
    stem = " ".join(f"word{n}" for n in range(60))
    one, other = content(stem=stem), content(stem=stem.replace("word30", "another"))
    pair = [
        Worded("one", one),
        Worded("other", other),
        Worded("far", content(stem="Nothing of the kind at all.")),
    ]
    assert [found[:2] for found in near_duplicates(pair)] == [("one", "other")]
    assert near_duplicates([replace(item, family="kin") for item in pair]) == []
    assert wording.TOO_ALIKE == 0.3
