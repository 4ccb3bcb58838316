"""Moodle's GIFT text format: the choice questions as drafts, the rest reported. Pure.

Source: docs.moodle.org, GIFT format. A blank line ends a question; a line that begins with // is a comment;
a backslash takes the meaning from ~ = # { } : and \\n is the end of a line.
"""

import re
from collections.abc import Iterator
from datetime import date

from quizzes.importers import texts
from quizzes.importers.questions import (
    CATEGORY,
    DESCRIPTION,
    ESSAY,
    MATCHING,
    NUMERICAL,
    SHORT_ANSWER,
    TRUE_FALSE,
    Choice,
    Draft,
    FileRefused,
    NotTaken,
    Question,
    QuestionRefused,
    Reading,
    guard_options,
    make_draft,
)

MOST_QUESTIONS = 5_000
# While a question is taken apart, escaped signs stand as characters that no text has.
_SIGNS = "\\~=#{}:n"
_HIDDEN = {f"\\{sign}": chr(0xE000 + place) for place, sign in enumerate(_SIGNS)}
_SHOWN = {ord(hidden): "\n" if sign == "\\n" else sign[1] for sign, hidden in _HIDDEN.items()}
_ESCAPED = re.compile(r"\\[\\~=#{}:n]")
_TITLE = re.compile(r"\A\s*::(.*?)::", re.DOTALL)
_FORMAT = re.compile(r"\A\s*\[(html|moodle|plain|markdown)\]")
_WEIGHT = re.compile(r"\A\s*%(-?\d{1,3}(?:[.,]\d{1,6})?)%")
_TRUE_FALSE = re.compile(r"\A\s*(?:T|TRUE|F|FALSE)\s*(?:#|\Z)", re.IGNORECASE)
_CATEGORY = re.compile(r"\A\s*\$CATEGORY:\s*(.*)", re.IGNORECASE)


def read_gift(text: str, *, systems: tuple[str, ...], on: date) -> Reading:
    """Every question of the file, in its order. Raises FileRefused for what has none or far too many."""
    reading = Reading.of(_read(text, systems, on))
    if not reading.drafts and not reading.not_taken:
        raise FileRefused("it has no question")
    return reading


def _read(text: str, systems: tuple[str, ...], on: date) -> Iterator[Draft | NotTaken]:
    category = ""
    for number, block in enumerate(_blocks(text), start=1):
        if number > MOST_QUESTIONS:
            raise FileRefused(f"it has more than {MOST_QUESTIONS:,} questions; split it")
        if match := _CATEGORY.match(block):
            category = " ".join(match[1].split())
            yield NotTaken(category, "", CATEGORY)
            continue
        title, rest = _title(block, f"Question {number}")
        try:
            yield make_draft(_question(title, rest), category, systems=systems, on=on)
        except QuestionRefused as error:
            yield NotTaken(title, category, str(error))


def _blocks(text: str) -> Iterator[str]:
    """The questions, comments left out and escaped signs hidden. A category's line stands for itself."""
    lines: list[str] = []
    for line in [*text.lstrip("\ufeff").splitlines(), ""]:
        stripped = line.strip()
        if stripped.startswith("//"):
            continue
        is_category = _CATEGORY.match(line)
        if stripped and not is_category:
            lines.append(_ESCAPED.sub(lambda match: _HIDDEN[match[0]], line))
            continue
        if lines:
            yield "\n".join(lines)
            lines = []
        if is_category:
            yield line


def _show(text: str) -> str:
    return text.translate(_SHOWN).strip()


def _title(block: str, instead: str) -> tuple[str, str]:
    """(title, the rest); without one, the beginning of the question's text names it."""
    if match := _TITLE.match(block):
        return " ".join(_show(match[1]).split())[:120] or instead, block[match.end() :]
    beginning = " ".join(_show(_FORMAT.sub("", block).partition("{")[0]).split())
    return beginning[:80] or instead, block


def _question(name: str, block: str) -> Question:
    written, block = _format(block, "moodle")
    before, brace, rest = block.partition("{")
    if not brace:
        raise QuestionRefused(DESCRIPTION)
    answers, closed, after = rest.partition("}")
    if not closed:
        raise QuestionRefused("its answers have no closing brace before the next blank line")
    answers, general = _general_feedback(answers)
    _refuse_other_kinds(answers)
    stem = f"{before} _____ {after}" if after.strip() else before
    single, choices = _choices(answers, written)
    return Question(
        name=name,
        single=single,
        stem=_markdown(stem, written),
        choices=choices,
        rationale=_markdown(general, written),
        notes=tuple(_notes(before + after + answers + general)),
    )


def _general_feedback(answers: str) -> tuple[str, str]:
    place = answers.rfind("####")
    return (answers, "") if place < 0 else (answers[:place], answers[place + 4 :])


def _refuse_other_kinds(answers: str) -> None:
    """GIFT does not name the type of a question: the signs between the braces tell."""
    if not answers.strip():
        raise QuestionRefused(ESSAY)
    if answers.lstrip().startswith("#"):
        raise QuestionRefused(NUMERICAL)
    if "~" in answers:
        return
    if "=" in answers and "->" in answers:
        raise QuestionRefused(MATCHING)
    if _TRUE_FALSE.match(answers):
        raise QuestionRefused(TRUE_FALSE)
    raise QuestionRefused(SHORT_ANSWER)


def _choices(answers: str, written: str) -> tuple[bool, tuple[Choice, ...]]:
    """(one answer may be chosen, the options). Without any `=` the weights decide, and several may be."""
    parts = [part for part in re.split(r"(?=[~=])", answers) if part[:1] in ("~", "=")]
    guard_options(len(parts))
    return any(part[0] == "=" for part in parts), tuple(_choice(part, written) for part in parts)


def _choice(part: str, written: str) -> Choice:
    text, _, feedback = part[1:].partition("#")
    fraction = 100.0 if part[0] == "=" else 0.0
    if match := _WEIGHT.match(text):
        fraction, text = float(match[1].replace(",", ".")), text[match.end() :]
    return Choice(_plain(text, written), fraction, _plain(feedback, written))


def _notes(text: str) -> Iterator[str]:
    if names := texts.image_names(_show(text)):
        yield f"files that stay behind: {', '.join(dict.fromkeys(names))}"


def _format(text: str, default: str) -> tuple[str, str]:
    match = _FORMAT.match(text)
    return (match[1], text[match.end() :]) if match else (default, text)


def _html(text: str, written: str) -> str:
    if written == "html":
        return text
    return texts.plain_to_html(text) if written == "plain" else texts.auto_to_html(text)


def _markdown(text: str, default: str) -> str:
    written, text = _format(text, default)
    shown = _show(text)
    texts.guard(shown)
    return shown if written == "markdown" else texts.html_to_markdown(_html(shown, written))


def _plain(text: str, default: str) -> str:
    written, text = _format(text, default)
    shown = _show(text)
    if written == "markdown":
        return texts.markdown_to_plain(shown)
    return texts.html_to_plain(_html(shown, written))
