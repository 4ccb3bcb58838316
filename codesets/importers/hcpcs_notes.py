"""The processing notes that come beside the HCPCS file: their words by number. Pure.

A note begins "0002--THESE CODES ..." and goes on in indented lines; an asterisk closes most of them. Blank
lines with an asterisk stand between.
"""

import re

_BEGINNING = re.compile(r"\s*([0-9]{4})--(.*)")
_HEADED_WITHIN = 10  # lines
_WORDS_LIMIT = 4_000  # characters of a note; the longest has about 600


def is_notes(lines: list[str]) -> bool:
    return any(line.strip().upper() == "PROCESSING NOTES" for line in lines[:_HEADED_WITHIN])


def read_notes(lines: list[str]) -> dict[str, str]:
    """Text of each note by its number as the HCPCS file writes it, "0002"."""
    pieces: dict[str, list[str]] = {}
    number = ""
    for line in lines:
        text = line.rstrip("* \t")
        if match := _BEGINNING.fullmatch(text):
            number, text = match.groups()
        if number:
            pieces.setdefault(number, []).extend(text.split())
    return {number: " ".join(words)[:_WORDS_LIMIT] for number, words in pieces.items() if words}
