"""Every code that an item cites: in its options, key, accepted answers, references and texts. Pure."""

from collections.abc import Iterable

from codesets import refs
from codesets.refs import Pair
from codesets.systems import normalize
from quizzes.kinds import ItemContent

_PARSER = refs.make_parser()


def cited_codes(content: ItemContent) -> dict[Pair, list[str]]:
    """(system, code without dot) to the places that cite it, in the order of the item."""
    places: dict[Pair, list[str]] = {}
    for place, code in _fields(content):
        places.setdefault((code["system"], normalize(code["code"])), []).append(place)
    for place, text in _texts(content):
        for reference in refs.find_references(_PARSER.parse(text)):
            places.setdefault(reference.pair, []).append(place)
    return places


def key_codes(content: ItemContent) -> set[Pair]:
    """The codes that the key is: a code entry's own, or those of the options that it names."""
    options = [
        option["code"] for option in content.options if option.get("code") and option["id"] in content.key
    ]
    return _pairs([*options, *(code for code in content.key if isinstance(code, dict))])


def credited_codes(content: ItemContent) -> set[Pair]:
    """Every code that earns credit: the key's and the accepted alternatives."""
    return key_codes(content) | _pairs(content.accept)


def _pairs(codes: Iterable[dict]) -> set[Pair]:
    return {(code["system"], normalize(code["code"])) for code in codes}


def _fields(content: ItemContent):
    for option in content.options:
        if option.get("code"):
            yield f"option {option['id']}", option["code"]
    for code in content.key:
        if isinstance(code, dict):
            yield "the key", code
    for code in content.accept:
        yield "an accepted alternative", code
    for reference in content.references:
        if "code" in reference:
            yield "a reference", reference["code"]


def _texts(content: ItemContent):
    yield "the stem", content.stem
    yield "the rationale", content.rationale
    for option in content.options:
        yield f"the reason of option {option['id']}", option["why"]
    for code in content.accept:
        yield "the reason of an accepted alternative", code["why"]
