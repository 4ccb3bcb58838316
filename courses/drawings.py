"""The drawings of lessons: SVG that holds nothing but shapes and words. Pure."""

import math
import re
from dataclasses import dataclass
from xml.etree import ElementTree

LARGEST = 64 * 1024  # characters
LONGEST_NAME = 80  # characters, its suffix included
LONGEST_SIDE = 4_000  # of a viewBox
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.svg")
_SVG = "{http://www.w3.org/2000/svg}"
_DECLARATION = re.compile(
    r"""\A\ufeff?<\?xml\s+version=["']1\.0["'](\s+encoding=["'](?i:utf-8)["'])?"""
    r"""(\s+standalone=["'](yes|no)["'])?\s*\?>"""
)
_WORDED = [f"{_SVG}{name}" for name in ("title", "desc", "text")]
_TAGS = re.compile(
    "svg|g|path|rect|circle|ellipse|line|polyline|polygon|text|tspan|title|desc|defs|marker|style"
)
# Attributes; those of a namespace begin with a brace.
_ACTS = re.compile(r"on.*|href|src|\{.*", re.IGNORECASE)
# A style or an attribute that would fetch something; url(#a) is a marker of the drawing's own, and @media
# fetches nothing.
_FETCHES = re.compile(
    r"@(?!media[\s(])|url\(\s*['\"]?(?!#)|(image-set|src|expression)\(|//|\\", re.IGNORECASE
)


class DrawingRefused(ValueError):
    """It is no drawing that a lesson may show; the text says why."""


@dataclass(frozen=True)
class Drawing:
    """What a page needs of a drawing beside its bytes; the size in pixels keeps its place while it loads."""

    url: str
    width: int
    height: int


def size_of(svg: str) -> tuple[int, int]:
    """Width and height by its viewBox, from 1 to LONGEST_SIDE, of a drawing without anything that acts or
    fetches. Raises DrawingRefused.
    """
    if len(svg) > LARGEST:
        raise DrawingRefused(f"it is longer than {LARGEST // 1024} thousand characters")
    if "<!" in re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL) or "<?" in _DECLARATION.sub("", svg):
        raise DrawingRefused("it declares a document type, an entity or an instruction")
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise DrawingRefused(f"it is no well-formed XML: {error}") from error
    if root.tag != f"{_SVG}svg":
        raise DrawingRefused("it is no SVG")
    for element in root.iter():
        _refuse_odd(element)
    title = root.find(f"{_SVG}title")
    if title is None or not "".join(title.itertext()).strip():
        raise DrawingRefused("it has no title")
    return _size(root.get("viewBox") or "")


def words_of(svg: str) -> str:
    """Title, description and labels, a line each, of a drawing that size_of took."""
    root = ElementTree.fromstring(svg)
    return "\n".join(" ".join(element.itertext()) for element in root.iter() if element.tag in _WORDED)


def _size(view_box: str) -> tuple[int, int]:
    try:
        left, top, width, height = map(float, view_box.replace(",", " ").split())
    except ValueError:
        raise DrawingRefused("it has no viewBox of four numbers") from None
    if not (math.isfinite(left) and math.isfinite(top)):
        raise DrawingRefused("its viewBox begins nowhere")
    if not (1 <= width <= LONGEST_SIDE and 1 <= height <= LONGEST_SIDE):
        raise DrawingRefused(f"its viewBox is not from 1 to {LONGEST_SIDE:,} wide and high")
    return round(width), round(height)


def _refuse_odd(element: ElementTree.Element) -> None:
    tag = element.tag.removeprefix(_SVG)
    if not _TAGS.fullmatch(tag):
        raise DrawingRefused(f"the element {tag} has no place in a drawing")
    for name, value in element.attrib.items():
        if _ACTS.fullmatch(name):
            raise DrawingRefused(f"the attribute {name} has no place in a drawing")
        if _FETCHES.search(value):
            raise DrawingRefused(f"its {name} points outside of the drawing")
    if tag == "style" and len(element):
        raise DrawingRefused("its style holds an element")
    if tag == "style" and _FETCHES.search(element.text or ""):
        raise DrawingRefused("its style points outside of the drawing")
