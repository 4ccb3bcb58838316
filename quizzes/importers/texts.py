"""The HTML of other systems as the Markdown of stems and rationales, or as plain words. Pure."""

import re
from html import escape, unescape
from typing import Any

from bs4 import BeautifulSoup
from markdownify import MarkdownConverter

from quizzes.importers.questions import QuestionRefused

LONGEST = 8_000  # characters of one text; what is longer is not a question
MOST_TAGS = 500
EMBEDDED = "@@PLUGINFILE@@/"  # how Moodle writes the address of a file that lies in the question itself
_PARSER = "html.parser"
_BREAKS = ("br", "p", "div", "li", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6")
_LINES = re.compile(r"\n{3,}")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_NO_TAG = re.compile(r"<(?!!--|[^<>]*>)")  # the parser looks for the end of each through all of the rest
_FILE = re.compile(r"<(img|a)\b([^<>]*)", re.IGNORECASE)
_ADDRESS = re.compile(r"""\b(?:src|href)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


class _Converter(MarkdownConverter):
    """Without images, and without links to files that stay behind."""

    def convert_img(self, el: Any, text: str, parent_tags: set[str]) -> str:
        return ""

    def convert_a(self, el: Any, text: str, parent_tags: set[str]) -> str:
        if EMBEDDED in (el.get("href") or ""):
            return text
        return super().convert_a(el, text, parent_tags)  # type: ignore[misc]


def html_to_markdown(html: str) -> str:
    """Paragraphs, emphasis, lists, tables. Raises QuestionRefused for what is too long or nested too deep."""
    converter = _Converter(heading_style="ATX", bullets="-", newline_style="backslash")
    try:
        written = converter.convert(_guarded(html))
    except RecursionError as error:
        raise QuestionRefused("its text has elements nested too deep") from error
    lines = (line.rstrip() for line in written.replace("\xa0", " ").splitlines())
    return _LINES.sub("\n\n", "\n".join(lines)).strip()


def html_to_plain(html: str) -> str:
    """The words alone, in one line."""
    soup = BeautifulSoup(_guarded(html), _PARSER)
    for element in soup.find_all(_BREAKS):
        element.insert_after(" ")
    return " ".join(soup.get_text().split())


def plain_to_html(text: str) -> str:
    """Plain text as HTML that shows it as it is, line by line."""
    return escape(text.strip(), quote=False).replace("\n", "<br>\n")


def auto_to_html(text: str) -> str:
    """Moodle's own format: HTML tags count, and so does the end of a line."""
    return text.strip().replace("\n", "<br>\n") if _TAG.search(text) else plain_to_html(text)


def markdown_to_plain(text: str) -> str:
    """Markdown in one line; its signs stay, since the text of an option is shown as written."""
    guard(text)
    return " ".join(text.split())


def image_names(html: str) -> list[str]:
    """The images and linked files that conversion leaves behind, by the last part of their addresses."""
    found = []
    for tag, attributes in _FILE.findall(html):
        written = _ADDRESS.search(attributes)
        address = unescape(written[1] or written[2] or "") if written else ""
        if tag.lower() == "img" or EMBEDDED in address:
            found.append(address.rsplit("/", 1)[-1][:60] or address[:60] or "without address")
    return found


def guard(text: str) -> None:
    """Raises QuestionRefused for a text that would take long."""
    if len(text) > LONGEST:
        raise QuestionRefused(f"one of its texts is longer than {LONGEST:,} characters")
    if text.count("<") > MOST_TAGS:
        raise QuestionRefused(f"one of its texts has more than {MOST_TAGS} tags")


def _guarded(html: str) -> str:
    """A sign < that begins no tag is written out."""
    guard(html)
    return _NO_TAG.sub("&lt;", html)
