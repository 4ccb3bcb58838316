"""What lies behind the answers that were not right: kinds of mistake, what the choices show, what rules say.

Each with the items where it happened, the commonest first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from quizzes.claim_lines import GOOD
from quizzes.grading.values import Verdict
from quizzes.reports import BY_CHOICE, ItemFeedback
from quizzes.verdict_words import VERDICT_WORDS

NO_ANSWER = ("no answer", "No answer was kept.")


@dataclass(frozen=True)
class Mistake:
    """name: two or three words, or of a misconception and a rule the sentence itself. meaning: a sentence.

    source: {"url", ...} where the words of the book stand, for what a rule says.
    """

    name: str
    meaning: str
    positions: list[int]
    source: Mapping[str, str] | None = None

    @property
    def count(self) -> int:
        return len(self.positions)


@dataclass(frozen=True)
class Mistakes:
    """wrong: how many of the items that count were not right."""

    wrong: int
    kinds: list[Mistake]
    misconceptions: list[Mistake]
    findings: list[Mistake]


@dataclass
class _Found:
    meaning: str = ""
    source: Mapping[str, str] | None = None
    positions: list[int] = field(default_factory=list)


def find_mistakes(items: Iterable[ItemFeedback]) -> Mistakes:
    wrong = [item for item in items if item.scored and not item.right]
    kinds: dict[str, _Found] = {}
    misconceptions: dict[str, _Found] = {}
    findings: dict[str, _Found] = {}
    for item in wrong:
        for name, meaning in _kinds(item):
            kinds.setdefault(name, _Found(meaning)).positions.append(item.position)
        for told in dict.fromkeys(one.misconception for one in item.options if one.chosen and not one.is_key):
            if told:
                misconceptions.setdefault(told, _Found()).positions.append(item.position)
        said = {one["message"]: one for one in item.findings if one["severity"] != "information"}
        for message, one in said.items():
            findings.setdefault(message, _Found(source=one["source"])).positions.append(item.position)
    return Mistakes(len(wrong), *(_sorted(found) for found in (kinds, misconceptions, findings)))


def _kinds(item: ItemFeedback) -> list[tuple[str, str]]:
    """Each once an item; a wrong choice is one kind, however many options it has wrong."""
    if item.answer is None:
        return [NO_ANSWER]
    if item.kind in BY_CHOICE:
        verdicts: Iterable[str] = [Verdict.WRONG_OPTION]
    else:
        verdicts = dict.fromkeys(one for one in item.verdicts if one not in {*GOOD, Verdict.OPTIONAL_IGNORED})
    words = [VERDICT_WORDS[Verdict(one)] for one in verdicts]
    return [(one.name, one.meaning) for one in words]


def _sorted(found: Mapping[str, _Found]) -> list[Mistake]:
    rows = [Mistake(name, one.meaning, one.positions, one.source) for name, one in found.items()]
    return sorted(rows, key=lambda row: (-row.count, row.positions[0]))
