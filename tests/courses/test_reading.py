import pytest

from courses.markdown import render_lesson
from courses.reading import Reading


def measured(text: str) -> Reading:
    return render_lesson(text, lambda pairs: {}).reading


def test_running_text_is_paragraphs_lists_and_boxes_without_tables_and_headings():
    text = (
        "## Two words\n\none two three\n\n- four five\n\n| six | seven |\n|---|---|\n| eight | nine |\n\n"
        "::: example A title\nten eleven\n:::\n\n::: check an-item\n:::\n"
    )
    assert measured(text).words == 7


def test_the_grade_is_that_of_flesch_and_kincaid():
    # 10 words, 2 sentences, 14 syllables: 0.39 * 5 + 11.8 * 1.4 - 15.59
    assert measured("The cat sat on a mat. The coder coded diseases.").grade == pytest.approx(2.88, abs=0.01)


@pytest.mark.parametrize("word", ["e.g.", "i.e.", "Dr.", "Mr.", "Mrs.", "Ms.", "vs."])
def test_an_abbreviation_ends_no_sentence(word):
    assert measured(f"Wait for {word} Smith.") == measured(f"Wait for {word[:-1]} Smith.")


def test_the_word_number_ends_no_sentence_before_a_figure():
    assert measured("See No. 5 now.") == measured("See No 5 now.")
    assert measured("Say no. Go on.") == measured("Say no! Go on.")


def test_the_words_for_a_drawing_are_not_read_with_the_text():
    plain = measured("The coder waits.")
    assert measured("The coder waits.\n\n![Pathophysiological considerations](images/a.svg)\n") == plain


def test_a_box_is_not_graded_and_a_code_is_one_short_word():
    plain = measured("The coder reports code and waits for the answer.")
    assert measured("The coder reports [[E11.22]] and waits for the answer.") == plain
    boxed = measured(
        "The coder reports code and waits for the answer.\n\n"
        "::: guideline I.A.1\nPathophysiological considerations notwithstanding.\n:::"
    )
    assert boxed.grade == plain.grade


@pytest.mark.parametrize(
    ("reading", "problems"),
    [
        (Reading(600, 9.0), 0),
        (Reading(1_200, 13.04), 0),
        (Reading(599, 9.0), 1),
        (Reading(1_201, 13.06), 2),
        (Reading(800, 8.94), 1),
    ],
)
def test_the_bounds(reading, problems):
    assert len(reading.problems()) == problems
