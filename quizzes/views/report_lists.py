"""What a score report lists of single items, the same on its page and on paper."""

from collections.abc import Iterable, Iterator

from django.utils.html import format_html
from django.utils.safestring import SafeString

from codesets.systems import normalize
from quizzes.calibration import said
from quizzes.kinds import KINDS
from quizzes.kinds.base import is_code
from quizzes.kinds.claims import line_codes
from quizzes.reports import ItemFeedback
from quizzes.views.graded import code_reference, guideline_words, index_reference
from quizzes.views.links import Cited, Links

LOOK_AT = 8
READ = 15


def to_look_at(items: Iterable[ItemFeedback]) -> list[tuple[int, str]]:
    """Positions of items that were not right though the student was more or less sure, and what is to say:
    "you were certain, and it was not right". The surest first: those teach most.
    """
    wrong = [(item.sure, item) for item in items if item.scored and item.sure is not None and not item.right]
    wrong.sort(key=lambda pair: (-pair[0], pair[1].position))
    return [
        (item.position, f"{said(sure)}, and it was {'partly right' if item.credit else 'not right'}")
        for sure, item in wrong[:LOOK_AT]
    ]


def places_to_read(items: Iterable[ItemFeedback]) -> list[tuple[SafeString, list[int]]]:
    """What the keys and references of missed items name, with their positions: sections of guidelines, ways
    through the index, codes.

    What several items name comes first; a code is shown in the book of the first of them.
    """
    found: dict[tuple[str, ...], tuple[ItemFeedback, list[int]]] = {}
    for item in (one for one in items if one.scored and not one.right):
        for place in dict.fromkeys(_places(item)):
            found.setdefault(place, (item, []))[1].append(item.position)
    most = sorted(found.items(), key=lambda pair: (-len(pair[1][1]), pair[1][1][0]))[:READ]
    codes = [(item, (place[1], place[2])) for place, (item, _) in most if place[0] == "code"]
    links = Links(Cited(item.service_date, [], [], [pair]) for item, pair in codes)
    return [(_place_link(place, item, links), positions) for place, (item, positions) in most]


def _places(item: ItemFeedback) -> Iterator[tuple[str, ...]]:
    """("guideline", words), ("index", path) or ("code", system, stored code, note)."""
    for one in item.references:
        if "guideline" in one:
            yield "guideline", *guideline_words([one["guideline"]], item.service_date)
        elif "index" in one:
            yield "index", one["index"]
        else:
            yield "code", one["code"]["system"], normalize(one["code"]["code"]), one.get("note", "")
    if KINDS[item.kind].has_chart:
        yield from (("code", *pair, "") for _, pair in line_codes(item.key))
        return
    for code in [one.code for one in item.options if one.is_key] + list(item.key):
        if is_code(code):
            yield "code", code["system"], normalize(code["code"]), ""


def _place_link(place: tuple[str, ...], item: ItemFeedback, links: Links) -> SafeString:
    match place:
        case "guideline", words:
            return format_html("{}", words)
        case "index", path:
            return index_reference(path, item)
        case _, system, code, note:
            return code_reference({"code": {"system": system, "code": code}, "note": note}, item, links)
    raise ValueError(place)
