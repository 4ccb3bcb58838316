"""The registry of item kinds. A new kind is a folder here and one below templates/quizzes/kinds, one line in
this file, and its tests; README has the checklist."""

from quizzes.kinds.audit import Audit
from quizzes.kinds.base import Answer, AnswerError, ItemContent, Kind, Served, option_text
from quizzes.kinds.code_entry import CodeEntry
from quizzes.kinds.coded_case import CodedCase
from quizzes.kinds.multiple_response import MultipleResponse
from quizzes.kinds.sequencing import Sequencing
from quizzes.kinds.single_best import SingleBest

KINDS: dict[str, Kind] = {
    kind.slug: kind
    for kind in (SingleBest(), MultipleResponse(), CodeEntry(), Sequencing(), CodedCase(), Audit())
}

__all__ = ["KINDS", "Answer", "AnswerError", "ItemContent", "Kind", "Served", "option_text"]
