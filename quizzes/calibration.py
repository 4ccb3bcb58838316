"""How sure a student was, beside how often the answer was right. Pure figures, and their reading in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from quizzes.intervals import wilson

ENOUGH = 5  # answers at a level before anything is said about over- or under-confidence
_WHEN = {4: "were certain", 3: "were fairly sure", 2: "were unsure", 1: "guessed"}
_NAMES = {4: "Certain", 3: "Fairly sure", 2: "Unsure", 1: "A guess"}
# The share that the word promises, lowest and highest: who says "certain" means at least nine of ten.
_PROMISED = {4: (0.9, 1.0), 3: (0.65, 1.0), 2: (0.0, 0.75), 1: (0.0, 0.5)}


def level_name(sure: int | None) -> str:
    """Empty where nobody was asked."""
    return _NAMES[sure] if sure else ""


def said(sure: int) -> str:
    """ "you were certain" """
    return f"you {_WHEN[sure]}"


@dataclass(frozen=True)
class SureLevel:
    """sure: 1 (a guess) to 4 (certain); answers and right: how many."""

    sure: int
    answers: int
    right: int

    @property
    def name(self) -> str:
        return _NAMES[self.sure]

    @property
    def percent(self) -> int:
        return round(100 * self.right / self.answers)

    @property
    def reading(self) -> str:
        times = "time" if self.answers == 1 else "times"
        return f"When you {_WHEN[self.sure]} you were right {self.right} of {self.answers} {times}."

    def beside_promise(self) -> int:
        """-1 where the share lies surely below what the word promises, 1 where above, else 0.

        Surely: the whole 90% interval lies there, and there are answers enough.
        """
        if self.answers < ENOUGH:
            return 0
        low, high = wilson(self.right, self.answers)
        least, most = _PROMISED[self.sure]
        return -1 if high < least else 1 if low > most else 0


@dataclass(frozen=True)
class Calibration:
    """levels: those with answers, the surest first. remark: one sentence, or empty."""

    levels: tuple[SureLevel, ...]
    remark: str


def calibrate(counted: Mapping[int, tuple[int, int]]) -> Calibration:
    """counted: {sure: (answers, right)}."""
    levels = tuple(
        SureLevel(sure, *counted[sure]) for sure in sorted(counted, reverse=True) if counted[sure][0]
    )
    return Calibration(levels, _remark(levels))


def _remark(levels: tuple[SureLevel, ...]) -> str:
    """Overconfidence first: it is the one that costs marks."""
    over = next((level for level in levels if level.beside_promise() < 0), None)
    if over:
        return f"You are surer than you are right: {_share(over)}"
    under = next((level for level in reversed(levels) if level.beside_promise() > 0), None)
    return f"You know more than you trust yourself to: {_share(under)}" if under else ""


def _share(level: SureLevel) -> str:
    return f"of the answers that you called “{level.name}”, {level.percent}% were right."
