"""Every code that an item cites: in its options, key, accepted answers, references and texts. Pure."""

from codesets import refs
from codesets.refs import Pair
from quizzes.kinds import KINDS, ItemContent
from quizzes.kinds.base import pair_of

_PARSER = refs.make_parser()


def cited_codes(content: ItemContent) -> dict[Pair, list[str]]:
    """(system, code without dot) to the places that cite it, in the order of the item."""
    kind = KINDS[content.kind]
    places: dict[Pair, list[str]] = {}
    for place, pair in kind.cited_codes(content):
        places.setdefault(pair, []).append(place)
    for reference in content.references:
        if "code" in reference:
            places.setdefault(pair_of(reference["code"]), []).append("a reference")
    for place, text in kind.texts(content):
        for found in refs.find_references(_PARSER.parse(text)):
            places.setdefault(found.pair, []).append(place)
    return places


def key_codes(content: ItemContent) -> set[Pair]:
    """The codes that the key is: a code entry's own, those of the options that it names, a claim's lines."""
    return KINDS[content.kind].key_codes(content)


def credited_codes(content: ItemContent) -> set[Pair]:
    """Every code that earns credit: the key's and the accepted alternatives."""
    return KINDS[content.kind].credited_codes(content)
