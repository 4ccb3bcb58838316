"""A document of a chart in HTML, with the words that support the lines of a key marked. Pure.

The words are found in the parsed Markdown and marked there, before rendering and cleaning, so that the marks
pass the same cleaning as every other text and need no script.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby, pairwise

from markdown_it.token import Token

from codesets import refs


@dataclass(frozen=True)
class Phrase:
    """words: of one paragraph, or of the cells of one row of a table, with bars between them.

    label: the number of the line. back: the id of the line; id: of the mark.
    """

    words: str
    label: str
    said: str  # "line 2 of the diagnoses"
    line: str  # "dx-2": the class of all its marks
    id: str
    back: str


@dataclass(frozen=True)
class _Place:
    """Where a character of the running text of a paragraph stands: in which token, at which offset."""

    token: int
    offset: int


def _open_mark(self, tokens: Sequence[Token], index: int, options, env) -> str:
    lines = " ".join(f"p-{line}" for line in tokens[index].meta["lines"])
    return f'<mark class="{escape(lines)}">'


def _close_mark(self, tokens: Sequence[Token], index: int, options, env) -> str:
    return "</mark>"


def _mark_number(self, tokens: Sequence[Token], index: int, options, env) -> str:
    phrase: Phrase = tokens[index].meta["phrase"]
    return (
        f'<a id="{escape(phrase.id)}" class="p-{escape(phrase.line)}" href="#{escape(phrase.back)}">'
        f'{escape(phrase.label)}<span class="vh">, {escape(phrase.said)}</span></a>'
    )


_PARSER = refs.make_parser()
_PARSER.add_render_rule("support_open", _open_mark)
_PARSER.add_render_rule("support_close", _close_mark)
_PARSER.add_render_rule("support_number", _mark_number)


def mark_document(text: str, phrases: Sequence[Phrase]) -> tuple[str, list[Phrase]]:
    """Sanitised HTML of a Markdown text, and the phrases found in it, each where it stands first."""
    tokens = _PARSER.parse(text)
    found: list[Phrase] = []
    for block in _blocks(tokens):
        running = _joined(block)
        here = _find(running, [phrase for phrase in phrases if phrase not in found])
        if here:
            _share(_marked(running, here), block)
            found += [phrase for phrase, _, _ in here]
    return refs.render_tokens(tokens, lambda pairs: {}, _PARSER).html, found


def readable(words: str) -> str:
    """Words as a line quotes them: without the signs of Markdown, with commas between the cells of a row."""
    return ", ".join(cell.strip() for cell in _plain(words).split("|") if cell.strip())


def _blocks(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """What is read as one: the text of a paragraph, the cells of a row."""
    block = 0
    texts = []
    for token in tokens:
        if token.type == "inline":
            texts.append((block, token))
        block += token.type not in ("inline", "td_open", "td_close", "th_open", "th_close")
    for _, inside in groupby(texts, key=lambda each: each[0]):
        yield [token for _, token in inside]


def _joined(block: Sequence[Token]) -> list[Token]:
    """The tokens of its texts, with a bar between two cells."""
    running: list[Token] = []
    for number, token in enumerate(block):
        running += [Token("cell", "", 0, content=" | ")] if number else []
        running += token.children or []
    return running


def _share(running: Sequence[Token], block: Sequence[Token]) -> None:
    """Undoes _joined."""
    cells = iter(block)
    kept = next(cells).children = []
    for token in running:
        if token.type == "cell":
            kept = next(cells).children = []
        else:
            kept.append(token)


_Found = tuple[Phrase, _Place, _Place]  # its first and its last character


def _find(children: Sequence[Token], phrases: Sequence[Phrase]) -> list[_Found]:
    running, places = _running_text(children)
    found = []
    for phrase in phrases:
        words = _plain(phrase.words)
        start = running.find(words) if words else -1
        if start >= 0:
            found.append((phrase, places[start], places[start + len(words) - 1]))
    return found


def _plain(words: str) -> str:
    """Words as they run: one space between them, no signs of Markdown for bold, slanted or a list."""
    return " ".join(_SIGNS.sub("", words).replace("|", " | ").split()).strip("| ")


_SIGNS = re.compile(r"^\s*(?:[-+*]|\d+[.)])\s+|[*_`]")
_SPACES = ("softbreak", "hardbreak")


def _running_text(children: Sequence[Token]) -> tuple[str, list[_Place]]:
    characters: list[str] = []
    places: list[_Place] = []
    for number, child in enumerate(children):
        if child.type not in ("text", "code_inline", "cell", *_SPACES):
            continue
        content = " " if child.type in _SPACES else child.content
        for offset, character in enumerate(content):
            if character.isspace():
                character = " "
            if character in "*_`" or (character == " " and (not characters or characters[-1] == " ")):
                continue
            characters.append(character)
            places.append(_Place(number, offset))
    return "".join(characters), places


def _marked(children: Sequence[Token], found: Sequence[_Found]) -> list[Token]:
    """The tokens of a paragraph with marks around the words found; each part of an overlap has its own."""
    result: list[Token] = []
    for number, child in enumerate(children):
        if child.type not in ("text", "code_inline"):
            result.append(child)
            continue
        here = [one for one in (_within(number, len(child.content), each) for each in found) if one]
        cuts = sorted({0, len(child.content), *(cut for _, start, end, _ in here for cut in (start, end))})
        for start, end in pairwise(cuts):
            over = [one for one in here if one[1] <= start and end <= one[2]]
            ending = [phrase for phrase, _, stop, last in over if stop == end and last]
            result += _piece(child, start, end, [phrase for phrase, *_ in over], ending)
    return result


def _within(number: int, length: int, found: _Found) -> tuple[Phrase, int, int, bool] | None:
    """The part of one token that a phrase covers, and whether the phrase ends in it."""
    phrase, first, last = found
    if not first.token <= number <= last.token:
        return None
    start = first.offset if number == first.token else 0
    end = last.offset + 1 if number == last.token else length
    return phrase, start, end, number == last.token


def _piece(child: Token, start: int, end: int, over: list[Phrase], ending: list[Phrase]) -> list[Token]:
    piece = child.copy(content=child.content[start:end])
    if not over:
        return [piece]
    opened = Token("support_open", "mark", 1, meta={"lines": list(dict.fromkeys(one.line for one in over))})
    numbers = [Token("support_number", "a", 0, meta={"phrase": phrase}) for phrase in ending]
    return [opened, piece, *numbers, Token("support_close", "mark", -1)]
