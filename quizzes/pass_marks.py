"""Where the pass mark of an attempt comes from, in words. Reads."""

from django.utils.dateformat import format as in_words
from django.utils.timezone import localtime

from quizzes.angoff import whole_percent
from quizzes.models import Attempt, CutMethod, CutScore

NOT_SCALED = (
    "The score is the percent of the items that count. It is not the scaled score of the real exam, which "
    "cannot be worked out from here."
)


def mark_source(attempt: Attempt) -> str:
    """The newest cut score before the start, else the outline; empty where that does not give this mark, as
    when the mark was set in the very moment of the start.

    One query, and one more for an exam with an outline and no cut score.
    """
    cut = CutScore.objects.filter(exam=attempt.exam_id, set_at__lte=attempt.started_at).first()
    if cut is not None:
        return _words(cut) if whole_percent(cut.percent) == attempt.mark_to_pass else ""
    outline = attempt.exam.blueprint
    if outline is not None and outline.pass_mark == attempt.mark_to_pass:
        return f"As the outline “{outline.title}” has it."
    return ""


def _words(cut: CutScore) -> str:
    on = in_words(localtime(cut.set_at), "j F Y")
    reason = cut.reason.rstrip(".")
    if cut.method == CutMethod.STATED:
        return f"A stated percentage, set on {on}: {reason}."
    judges = len({row["judge"] for row in cut.ratings})
    items = len({row["item"] for row in cut.ratings})
    return (
        f"Modified Angoff, set on {on}: {judges} judge{'' if judges == 1 else 's'} rated {items} items, "
        f"{cut.percent.normalize():f}% on average. {reason}."
    )
