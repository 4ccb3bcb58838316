"""The real grader's word on answers to an item not given to anybody yet: key, distractors, any other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from quizzes.grading import values
from quizzes.kinds import KINDS, Answer, ItemContent
from quizzes.services.facts import NO_FACTS, gather_facts, occasion
from quizzes.services.grading import grade_json

MOST_TRIALS = 40
Trial = tuple[str, Answer | None, bool | None]  # what it is, the answer, whether it must earn full credit


@dataclass(frozen=True)
class Tried:
    """An answer and its grades as the contract writes them, in practice and in an exam."""

    name: str
    answer: Answer | None
    words: str
    practice: dict[str, Any]
    exam: dict[str, Any]
    must_be_full: bool | None

    @property
    def full(self) -> bool:
        return self.practice["credit"] == self.exam["credit"] == 1

    @property
    def as_meant(self) -> bool:
        """Whether the grade is what the item means: full for what is right, less for what is not."""
        if self.must_be_full is None:
            return True
        return self.full if self.must_be_full else max(self.practice["credit"], self.exam["credit"]) < 1


def try_item(content: ItemContent) -> list[Tried]:
    """The key, then what the kind puts beside it, the first of many. The content must have passed
    item_problems.
    """
    kind = KINDS[content.kind]
    trials = [("Key", kind.key_answer(content), True), *kind.trials(content)]
    return try_answers(content, trials[:MOST_TRIALS])


def try_answers(content: ItemContent, trials: Sequence[Trial]) -> list[Tried]:
    """Each answer graded by the practice's policy and by the exam's; the books are asked once for all."""
    kind = KINDS[content.kind]
    claims = [kind.look_up(content, answer) for _, answer, _ in trials]
    facts = gather_facts(claim for claim in claims if claim)
    found = []
    for (name, answer, must), claim in zip(trials, claims, strict=True):
        known = facts.get(occasion(claim), NO_FACTS) if claim else NO_FACTS
        practice, exam = (
            grade_json(kind.grade(content, answer, known, policy), content, answer)
            for policy in (values.PRACTICE, values.EXAM)
        )
        found.append(Tried(name, answer, kind.answer_text(content, answer), practice, exam, must))
    return found


def grade_answer(content: ItemContent, answer: Answer | None) -> dict[str, Any]:
    """One answer's grade in an exam, as the contract writes it."""
    return try_answers(content, [("", answer, None)])[0].exam
