"""Every verdict has its words, and no two are called the same."""

from quizzes.grading.values import Verdict
from quizzes.verdict_words import VERDICT_WORDS


def test_no_verdict_is_without_words():
    assert set(VERDICT_WORDS) == set(Verdict)


def test_each_has_a_name_of_its_own_and_one_sentence_of_meaning():
    names = [words.name for words in VERDICT_WORDS.values()]
    assert len(set(names)) == len(names)
    assert [
        verdict
        for verdict, words in VERDICT_WORDS.items()
        if not words.name or not words.meaning.endswith(".") or ". " in words.meaning
    ] == []
