"""YAML of strangers: whatever it holds, it is a value or a reason with its line."""

import pytest

from quizzes import yaml_text


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("a: &x [1]\nb: *x\n", "it uses YAML references (*name), which are not read", 2),
        ("a:\n  " + "[" * 31 + "]" * 31, "its mappings and lists lie too deep", 2),
        ("[" * 100_000, "its mappings and lists lie too deep", 1),
        ("a: 1\nb: {c: 2", "not readable as YAML: ", 2),
        ("? [a]\n: b\n", "not readable as YAML: found unhashable key", 1),
        ("a: \0", "not readable as YAML: ", None),
        ("a: !!python/object:os.system {}\n", "not readable as YAML: could not determine a constructor", 1),
        ("on: 2026-02-31\n", "it has a date, number or other value that there is not", None),
        ("a: !!bool maybe\n", "it has a date, number or other value that there is not", None),
        ("a: !!int ''\n", "it has a date, number or other value that there is not", None),
        ("a: !!timestamp soon\n", "it has a date, number or other value that there is not", None),
        ("a: 1\nb: " + "1" * 5_000, "it has a number of more than 100 signs", 2),
        ("a: 1" + ":59" * 5_000, "it has a number of more than 100 signs", 1),
        ("a: !!int '1" + ":59" * 5_000 + "'", "it has a number of more than 100 signs", 1),
    ],
)
def test_what_is_not_loaded_has_its_reason_and_line(text, words, line):
    with pytest.raises(yaml_text.YamlRefused) as refused:
        yaml_text.load(text)
    assert str(refused.value).startswith(words)
    assert refused.value.line == line


def test_our_own_files_may_name_what_stands_before():
    assert yaml_text.load("a: &x [1]\nb: *x\n", references=True) == {"a": [1], "b": [1]}


def test_long_words_and_numbers_in_quotes_are_texts():
    rows = ["a" * 200, "1" * 200, "-" * 200 + "\n"]
    assert yaml_text.load(yaml_text.dump(rows)) == rows
