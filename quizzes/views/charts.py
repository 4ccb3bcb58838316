"""A chart as pages show it: its documents in HTML, with the words that support a line of a key marked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from quizzes.kinds.claims import DOCUMENTS
from quizzes.marked_chart import Phrase, mark_document
from quizzes.views.shown import plain_markdown


@dataclass(frozen=True)
class ShownDocument:
    """kind: what sort of document it is, in words. number counts from 0, as highlights do."""

    id: str
    number: int
    kind: str
    title: str
    text: SafeString
    found: tuple[Phrase, ...]


def show_chart(
    chart: Iterable[Mapping[str, str]], *, prefix: str = "", phrases: Sequence[Phrase] = ()
) -> list[ShownDocument]:
    """Each phrase is marked once, in the first document that has it. prefix: of the ids on the page."""
    documents: list[ShownDocument] = []
    wanted = list(phrases)
    for number, one in enumerate(chart):
        text, found = _marked(one["text"], wanted) if wanted else (plain_markdown(one["text"]), [])
        wanted = [phrase for phrase in wanted if phrase not in found]
        id = f"{prefix}doc-{number + 1}"
        documents.append(ShownDocument(id, number, DOCUMENTS[one["kind"]], one["title"], text, tuple(found)))
    return documents


def _marked(text: str, phrases: Sequence[Phrase]) -> tuple[SafeString, list[Phrase]]:
    html, found = mark_document(text, phrases)
    return mark_safe(html), found  # sanitised by quizzes.marked_chart
