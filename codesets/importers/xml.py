"""What the readers of XML share: bytes to a guarded tree, clean words. Pure.

The files of CDC/NCHS and CMS have neither document types nor entities, and are shallow and wide. A tree costs
many times its bytes, so a file that is nothing like them is refused before it becomes one.
"""

import gc
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from xml.parsers import expat

from codesets.importers.base import ImportRefused, Source

# Each of these signs begins a piece of its own in memory: a tag, an attribute, a reference, a line of text.
# The most that an official file has are the 360,000 tags and 240,000 lines of the tabular list, 320,000 lines
# of the disease index, and 61,000 attributes of the PCS tables.
PIECES_LIMITS = {b"<": 1_500_000, b"=": 300_000, b"&": 300_000, b"\n": 1_500_000, b"\r": 1_500_000}
DEPTH_LIMIT = 40  # elements within elements; the deepest official file has eleven


class _Stop(Exception):
    pass


def read_tree(source: Source) -> ET.Element:
    """The root element. Raises ImportRefused for what is broken, declares entities, or is far too much.

    No element is deeper than DEPTH_LIMIT, so a walk over the tree may call itself.
    """
    _guard_size(source)
    root_tag(source)
    try:
        root = ET.fromstring(source.data)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise ImportRefused(_broken(source, error)) from error
    _guard_depth(source, root)
    return root


def root_tag(source: Source) -> str:
    """Name of the root element, without reading further. Raises ImportRefused as read_tree does.

    It looks at all that stands before the root, where alone entities can be declared.
    """
    names: list[str] = []

    def doctype(*_: object) -> None:
        raise ImportRefused(
            f"{source.name} declares a document type, which could hold entities; the official files have "
            "none, so it was not read."
        )

    def root(name: str, _: object) -> None:
        names.append(name)
        raise _Stop

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.EntityDeclHandler = doctype
    parser.StartElementHandler = root
    try:
        parser.Parse(source.data, True)
    except _Stop:
        pass
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise ImportRefused(_broken(source, error)) from error
    return names[0]


@contextmanager
def no_collector() -> Iterator[None]:
    """A tree of half a million objects keeps the collector busy for nothing: off, reading takes half.

    Let the tree go before this ends, or the collector comes back to walk it.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def clean(text: str | None) -> str:
    """Words with one space between them."""
    return " ".join((text or "").split())


def child_text(element: ET.Element, tag: str) -> str:
    """Clean text of the first child of that name, "" without one, up to the first element within it."""
    return clean(element.findtext(tag))


def whole_text(element: ET.Element) -> str:
    """Clean text of an element with all that stands in it."""
    return clean("".join(element.itertext()) if len(element) else element.text)


def _guard_size(source: Source) -> None:
    if any(source.data.count(sign) > limit for sign, limit in PIECES_LIMITS.items()):
        raise ImportRefused(
            f"{source.name} has far more elements or lines than any official file, so it was not read."
        )


def _guard_depth(source: Source, root: ET.Element) -> None:
    level = [root]
    for _ in range(DEPTH_LIMIT):
        level = list(chain.from_iterable(level))
        if not level:
            return
    raise ImportRefused(f"{source.name} has elements nested deeper than any official file; it was not read.")


def _broken(source: Source, error: Exception) -> str:
    line = getattr(error, "lineno", None) or getattr(error, "position", (None,))[0]
    where = f" at line {line:,}" if line else ""
    return (
        f"{source.name} is cut off or is not XML: it cannot be read any further{where}; get the file again."
    )
