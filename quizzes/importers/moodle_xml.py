"""Moodle's question bank as XML: the choice questions as drafts, the rest reported. Pure.

Source: docs.moodle.org, Moodle XML format, and what Moodle 4 writes. The format has no entities of its own;
files that declare any are refused.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

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

MOST_ELEMENTS = 400_000  # a tree costs many times its bytes; 2,000 questions have some 80,000
GAPS = "a text with gaps is no kind of item here"
DRAG = "drag and drop is no kind of item here"
OTHER_TYPES = {
    "truefalse": TRUE_FALSE,
    "shortanswer": SHORT_ANSWER,
    "matching": MATCHING,
    "numerical": NUMERICAL,
    "essay": ESSAY,
    "description": DESCRIPTION,
    "cloze": GAPS,
    "multianswer": GAPS,
    "gapselect": GAPS,
    "ddmatch": DRAG,
    "ddwtos": DRAG,
    "ddimageortext": DRAG,
    "ddmarker": DRAG,
    "ordering": "to put into order is written as an item of the kind sequencing",
}
# What Moodle writes into a new question; only other words are worth a note.
STOCK_FEEDBACK = {
    "",
    "Your answer is correct.",
    "Your answer is partially correct.",
    "Your answer is incorrect.",
}


def read_moodle_xml(data: bytes, *, systems: tuple[str, ...], on: date) -> Reading:
    """Every question of the file, in its order. Raises FileRefused for what is not a question bank."""
    root = _root(data)
    return Reading.of(_read(root, systems, on))


def _root(data: bytes) -> ET.Element:
    if data.count(b"<") > MOST_ELEMENTS:
        raise FileRefused("it has far more elements than a question bank; split it")
    try:
        root = ElementTree.fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise FileRefused("it declares a document type or entities, which Moodle never does") from error
    except (ET.ParseError, ValueError, LookupError) as error:
        raise FileRefused(f"it is cut off or is not XML ({error})") from error
    if root.tag != "quiz":
        raise FileRefused(f"its outermost element is <{root.tag[:40]}>; a Moodle question bank has <quiz>")
    return root


def _read(root: ET.Element, systems: tuple[str, ...], on: date) -> Iterator[Draft | NotTaken]:
    category = ""
    for number, element in enumerate(root.iterfind("question"), start=1):
        kind = element.get("type", "")
        if kind == "category":
            category = _line(element.find("category"))
            yield NotTaken(category, "", CATEGORY)
            continue
        name = _line(element.find("name"))[:120] or f"Question {number}"
        try:
            if kind != "multichoice":
                raise QuestionRefused(
                    OTHER_TYPES.get(kind, f"its type, {kind[:40] or 'without name'}, is not known here")
                )
            yield make_draft(_question(element, name), category, systems=systems, on=on)
        except QuestionRefused as error:
            yield NotTaken(name, category, str(error))


def _question(element: ET.Element, name: str) -> Question:
    guard_options(len(element.findall("answer")))
    return Question(
        name=name,
        single=_line(element.find("single"), own=True).lower() not in ("false", "0"),
        stem=_markdown(element.find("questiontext")),
        choices=tuple(
            Choice(_plain(answer), _fraction(answer), _plain(answer.find("feedback")))
            for answer in element.iterfind("answer")
        ),
        rationale=_markdown(element.find("generalfeedback")),
        notes=tuple(_notes(element)),
    )


def _fraction(answer: ET.Element) -> float:
    written = answer.get("fraction", "0")
    try:
        return float(written)
    except ValueError:
        raise QuestionRefused(f"the marks of an option are not a number: {written[:20]!r}") from None


def _notes(element: ET.Element) -> Iterator[str]:
    """What of a question stays behind although the question itself is taken."""
    files = [file.get("name", "without name")[:60] for file in element.iter("file")]
    for place in ("questiontext", "generalfeedback", "answer", "answer/feedback"):
        for found in element.iterfind(place):
            files += texts.image_names(_raw(found))
    if files:
        yield f"files that stay behind: {', '.join(dict.fromkeys(files))}"
    if element.find("hint") is not None:
        yield "its hints stay behind"
    places = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
    said = {texts.html_to_plain(_raw(found)) for place in places for found in element.iterfind(place)}
    if said - STOCK_FEEDBACK:
        yield "its feedback for right, partly right and wrong answers as a whole stays behind"


def _raw(element: ET.Element | None) -> str:
    return (element.findtext("text") or "") if element is not None else ""


def _line(element: ET.Element | None, *, own: bool = False) -> str:
    """Plain words of <x><text>…</text></x>, or of the element's own text."""
    raw = (element.text or "" if own else _raw(element)) if element is not None else ""
    return " ".join(raw.split())


def _html(element: ET.Element) -> str:
    raw, written = _raw(element), element.get("format", "html")
    if written == "plain_text":
        return texts.plain_to_html(raw)
    return texts.auto_to_html(raw) if written == "moodle_auto_format" else raw


def _markdown(element: ET.Element | None) -> str:
    if element is None:
        return ""
    texts.guard(_raw(element))
    is_markdown = element.get("format") == "markdown"
    return _raw(element).strip() if is_markdown else texts.html_to_markdown(_html(element))


def _plain(element: ET.Element | None) -> str:
    if element is None:
        return ""
    if element.get("format") == "markdown":
        return texts.markdown_to_plain(_raw(element))
    return texts.html_to_plain(_html(element))
