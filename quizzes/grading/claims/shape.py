"""How two different codes of one system differ, whatever may be said of the answered one alone. Pure."""

from collections.abc import Callable
from typing import NamedTuple

from codesets.rules.values import Source
from quizzes.grading.values import Verdict

UNRELATED = 1.0  # from this cost on, two codes are one missing and one extra


class Words(NamedTuple):
    """why: a sentence, what differs and what it means; quote and source: the official words that decide."""

    why: str
    quote: str = ""
    source: Source | None = None


class Shape(NamedTuple):
    """cost: 0 for the same code, rising with distance. near: one category, or what counts as one.

    The words are found when they are asked for: pairing weighs many codes against each other, and few meet.
    """

    verdicts: tuple[Verdict, ...]
    cost: float
    near: bool
    words: Callable[[], Words]
