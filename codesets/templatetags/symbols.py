"""`{% load symbols %}`: the symbols beside a code, and their legend. Both are given what symbols_of gave."""

from django import template

from codesets.symbols import Symbols

register = template.Library()


@register.inclusion_tag("codesets/_symbols.html")
def code_symbols(symbols: Symbols, system: str, code: str) -> dict:
    return {"symbols": symbols.of(system, code)}


@register.inclusion_tag("codesets/_symbols_said.html")
def symbols_said(symbols: Symbols, system: str, code: str) -> dict:
    """The same in sentences, each with the year of its table: for the page of the code itself."""
    return {"symbols": symbols.of(system, code)}


@register.inclusion_tag("codesets/_legend.html")
def symbols_legend(symbols: Symbols) -> dict:
    return {"symbols": symbols}
