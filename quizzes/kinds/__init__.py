"""The registry of item kinds. A new kind is one module here, one line below, its choice in quizzes.models,
its template and its tests; README has the checklist."""

from quizzes.kinds.base import Answer, AnswerError, ItemContent, Kind, option_text
from quizzes.kinds.code_entry import CodeEntry
from quizzes.kinds.multiple_response import MultipleResponse
from quizzes.kinds.single_best import SingleBest

KINDS: dict[str, Kind] = {kind.slug: kind for kind in (SingleBest(), MultipleResponse(), CodeEntry())}

__all__ = ["KINDS", "Answer", "AnswerError", "ItemContent", "Kind", "option_text"]
