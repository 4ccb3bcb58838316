"""The tree of a book, from codes and their parents alone. Pure."""

from collections.abc import Container, Mapping


def beginnings(code: str) -> list[str]:
    """Every code that could stand above this one, itself last: its beginnings from three characters on.

    An ancestor is always a beginning of its code, so these are what a query must fetch.
    """
    return [code[:length] for length in range(3, len(code))] + [code]


def ancestors(code: str, parents: Mapping[str, str]) -> list[str]:
    """Codes above, category first; `parents` gives each code's parent, empty for a category."""
    chain: list[str] = []
    above = parents.get(code, "")
    while above and above not in chain:
        chain.append(above)
        above = parents.get(above, "")
    return chain[::-1]


def nearest(code: str, parents: Mapping[str, str], defined: Container[str]) -> str | None:
    """Where the definition stands that binds this code: on itself, else on the nearest code above."""
    for candidate in (code, *reversed(ancestors(code, parents))):
        if candidate in defined:
            return candidate
    return None
