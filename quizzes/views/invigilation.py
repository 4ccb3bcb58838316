"""Watching over a sitting: which exams are sat now, the live list of one, extra time for those who sit it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission, SignedInRequest, require
from quizzes.exam_results import reported_exam
from quizzes.forms import ExtraTimeForm
from quizzes.invigilation import LiveList, exams_being_sat, live_list, newest_grant, open_attempts
from quizzes.models import Attempt, Exam
from quizzes.services import attempts
from quizzes.services.extra_time import ExtraTimeGiven, grant_extra_time

NOBODY = "Nobody was ticked who still sits this exam. Tick a student first, or choose all who sit."
NAMED = 5  # more people than these are counted, not named


@require(Permission.SEE_COHORTS)
@never_cache
@require_GET
def sitting_list(request: SignedInRequest) -> HttpResponse:
    context = {"nav": "teaching", "exams": exams_being_sat(request.user)}
    return render(request, "quizzes/sitting_list.html", context)


@require(Permission.SEE_COHORTS)
@never_cache
@require_GET
def sittings(request: SignedInRequest, slug: str) -> HttpResponse:
    """`?live=0` is the page at rest: it does not refresh itself."""
    exam = reported_exam(request.user, slug)
    context = {
        "nav": "teaching",
        "exam": exam,
        "live": _live(request, exam),
        "refreshes": request.GET.get("live") != "0",
    }
    return render(request, "quizzes/sittings.html", context)


@require(Permission.SEE_COHORTS)
@never_cache
@require_GET
def sittings_rows(request: SignedInRequest, slug: str) -> HttpResponse:
    """What the page puts in place of its table every few seconds."""
    exam = reported_exam(request.user, slug)
    return render(request, "quizzes/_sittings.html", {"exam": exam, "live": _live(request, exam)})


@require(Permission.GRANT_ACCOMMODATIONS)
@never_cache
@require_POST
def extra_time(request: SignedInRequest, slug: str) -> HttpResponse:
    """From the ticked list to the form, to its confirmation, to the grant; `step` says where it stands.

    `to` is "all" for everyone who sits; else `only` or the ticked `attempt`s are meant. `known` is the newest
    grant that the confirmation took into account: a form sent twice gives nothing the second time.
    """
    exam = reported_exam(request.user, slug)
    is_all = request.POST.get("to") == "all"
    known = newest_grant(exam)
    asked = open_attempts(request.user, exam)
    if not is_all:
        asked = asked.filter(pk__in=_ids(request))
    people = list(asked)
    if not people:
        messages.error(request, NOBODY)
        return redirect("quizzes:sittings", slug)
    step = request.POST.get("step", "")
    form = ExtraTimeForm(request.POST if step else None)
    is_valid = step in ("check", "give") and form.is_valid()
    if is_valid and step == "give" and form.cleaned_data["known"] is not None:
        whom: dict[str, Any] = {"exam_id": exam.pk} if is_all else {"attempt_ids": [one.pk for one in people]}
        given = grant_extra_time(**whom, **form.cleaned_data, by=request.user)
        _tell(request, given, form.cleaned_data["minutes"], people)
        return redirect("quizzes:sittings", slug)
    context = {"nav": "teaching", "exam": exam, "people": people, "is_all": is_all, "form": form}
    context["known"] = known
    if is_valid:
        added = form.added
        context["until"] = [(one, one.deadline_at + added) for one in people if one.deadline_at]
        return render(request, "quizzes/extra_time_confirm.html", context)
    return render(request, "quizzes/extra_time.html", context)


def _live(request: SignedInRequest, exam: Exam) -> LiveList:
    """A read that finds attempts overdue closes them first."""
    number = request.GET.get("page", "")
    page = int(number) if number.isascii() and number.isdigit() else 1
    live = live_list(request.user, exam, page)
    if live.overdue and attempts.close_overdue():
        return live_list(request.user, exam, page)
    return live


def _ids(request: SignedInRequest) -> list[UUID]:
    try:
        return [UUID(one) for one in request.POST.getlist("only") or request.POST.getlist("attempt")]
    except ValueError as error:
        raise Http404 from error


def _tell(request: SignedInRequest, given: ExtraTimeGiven, minutes: int, people: list[Attempt]) -> None:
    names = {one.pk: str(one.user) for one in people}
    more = f"{minutes} more minute{'' if minutes == 1 else 's'}"
    if given.granted:
        got = [names.get(pk, "") for pk in given.granted]
        messages.success(request, f"{_people(got)} {'has' if len(got) == 1 else 'have'} {more}.")
    if given.already:
        again = [names.get(pk, "") for pk in given.already]
        since = f"{_people(again)} {'was' if len(again) == 1 else 'were'} given extra time after you looked"
        messages.warning(request, f"{since}, and got none now. See the new times below before you give more.")
    if given.over:
        late = [names.get(pk, "") for pk in given.over]
        messages.warning(request, f"It came too late for {_people(late)}: the sitting was over.")


def _people(names: list[str]) -> str:
    """By name where all are known and there are few of them."""
    if len(names) > NAMED or "" in names:
        return f"{len(names)} student{'' if len(names) == 1 else 's'}"
    return " and ".join([", ".join(sorted(names)[:-1]), sorted(names)[-1]] if len(names) > 1 else names)
