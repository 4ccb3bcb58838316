"""Items and their versions, exams, attempts, responses and grades.

An attempt points to item versions, never to items, so that an edit changes no sitting. Its state is written
by quizzes.services.attempts alone; grades are added, never changed.
"""

from quizzes.models.attempts import (
    AnswerChange,
    Attempt,
    AttemptState,
    CloseReason,
    ExtraTime,
    Grade,
    GradingRun,
    LateAnswer,
    Response,
    Scope,
)
from quizzes.models.exams import (
    SERVED_CHOICES,
    Blueprint,
    CutMethod,
    CutScore,
    Exam,
    ExamItem,
    ExamMode,
    ExamSection,
    Release,
)
from quizzes.models.items import (
    Care,
    Difficulty,
    Item,
    ItemCoderReview,
    ItemHold,
    ItemReview,
    ItemStatus,
    ItemVersion,
    item_kinds,
)

__all__ = [
    "SERVED_CHOICES",
    "AnswerChange",
    "Attempt",
    "AttemptState",
    "Blueprint",
    "Care",
    "CloseReason",
    "CutMethod",
    "CutScore",
    "Difficulty",
    "Exam",
    "ExamItem",
    "ExamMode",
    "ExamSection",
    "ExtraTime",
    "Grade",
    "GradingRun",
    "Item",
    "ItemCoderReview",
    "ItemHold",
    "ItemReview",
    "ItemStatus",
    "ItemVersion",
    "LateAnswer",
    "Release",
    "Response",
    "Scope",
    "item_kinds",
]
