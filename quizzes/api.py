"""Attempts over HTTP: start, state, clock, save, hand in. Only the owner's; for all others they do not exist.

Nothing here can hold a key, a rationale or a score: it gives back what the student put in, and the clock.
"""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from accounts.models import User
from accounts.permissions import Permission, api_permission
from quizzes import selectors
from quizzes.errors import ExamNotAvailable, KeyWithheld
from quizzes.kinds import AnswerError
from quizzes.models import Attempt
from quizzes.pulse import grants, presence
from quizzes.services import attempts, starting
from quizzes.services.attempts import SaveResult, SaveStatus


class SaveThrottle(ScopedRateThrottle):
    """Counts in the `limits` cache, which is open when Redis is down."""

    cache = caches["limits"]


class LearnerRequest(Request):
    """A request that the permission has let through."""

    user: User


class SavesParser(JSONParser):
    """Brackets within brackets without end are a bad request, which a page does not send again."""

    def parse(self, *args: Any, **more: Any) -> Any:
        try:
            return super().parse(*args, **more)
        except RecursionError as error:
            raise ParseError("what was sent is nested too deeply") from error


class Learning(APIView):
    parser_classes = [SavesParser]
    permission_classes = [api_permission(Permission.LEARN)]


Fields = dict[str, serializers.Field]

_STAMP = serializers.DateTimeField


class Mark(serializers.Serializer):
    """Characters of a text of the item; document -1 is the stem, the others are the chart's."""

    document = serializers.IntegerField(min_value=-1)
    start = serializers.IntegerField(min_value=0)
    end = serializers.IntegerField(min_value=1)


_KEPT: Fields = {
    "revision": serializers.IntegerField(),
    "answer": serializers.JSONField(allow_null=True),
    "flagged": serializers.BooleanField(),
    "struck": serializers.ListField(child=serializers.CharField()),
    "note": serializers.CharField(),
    "sure": serializers.IntegerField(allow_null=True),
    "seconds": serializers.IntegerField(),
    "marks": Mark(many=True),
    "saved_at": _STAMP(allow_null=True),
}
_CLOCK: Fields = {
    "state": serializers.CharField(),
    "deadline_at": _STAMP(allow_null=True),
    "server_now": _STAMP(),
}
_CLOSING: Fields = {
    "closed_at": _STAMP(allow_null=True),
    "finished_at": _STAMP(allow_null=True),
    "close_reason": serializers.CharField(allow_blank=True),
}
_kept = inline_serializer("KeptAnswer", _KEPT)
_clock = inline_serializer("AttemptClock", {**_CLOCK, **_CLOSING})
_attempt = inline_serializer(
    "Attempt",
    {
        "id": serializers.UUIDField(),
        "exam": serializers.SlugField(),
        "started_at": _STAMP(),
        **_CLOCK,
        **_CLOSING,
        "responses": inline_serializer(
            "KeptResponses", {"position": serializers.IntegerField(), **_KEPT}, many=True
        ),
    },
)
_save = inline_serializer(
    "SaveAnswer",
    {
        "revision": serializers.IntegerField(min_value=1),
        "answer": serializers.JSONField(allow_null=True),
        "flagged": serializers.BooleanField(required=False),
        "struck": serializers.ListField(child=serializers.CharField(), required=False),
        "note": serializers.CharField(required=False, allow_blank=True),
        "sure": serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=4),
        "seconds": serializers.IntegerField(required=False, min_value=0),
        "marks": Mark(many=True, required=False),
    },
)
_saved = inline_serializer(
    "Saved",
    {
        "status": serializers.ChoiceField(["kept", "same", "stale"]),
        **_KEPT,
        "deadline_at": _STAMP(allow_null=True),
        "server_now": _STAMP(),
    },
)
_conflict = inline_serializer("SaveConflict", {"kept": _kept, "server_now": _STAMP()})
_gone = inline_serializer(
    "SaveTooLate", {**_CLOSING, "late": serializers.BooleanField(), "kept": _kept, "server_now": _STAMP()}
)


class ExamAttempts(Learning):
    @extend_schema(
        request=None,
        responses={201: _attempt, 404: OpenApiResponse(description="No such published exam")},
        description="The person's open attempt at the exam, started now if there was none.",
    )
    def post(self, request: LearnerRequest, slug: str) -> Response:
        exam = selectors.find_exam(slug)
        if exam is None:
            raise Http404
        try:
            started = starting.start_attempt(exam=exam, by=request.user)
        except ExamNotAvailable as error:
            return Response({"detail": str(error)}, status=status.HTTP_409_CONFLICT)
        attempt = selectors.own_attempt(request.user, started.pk)
        return Response(_attempt_body(attempt), status=status.HTTP_201_CREATED)


class AttemptDetail(Learning):
    @extend_schema(responses=_attempt, description="What a page needs that was away: answers, no items.")
    def get(self, request: LearnerRequest, attempt_id: UUID) -> Response:
        return Response(_attempt_body(_current(request, attempt_id)))


class AttemptClock(Learning):
    @extend_schema(responses=_clock, description="The server's clock, and whether the attempt is open.")
    def get(self, request: LearnerRequest, attempt_id: UUID) -> Response:
        return Response(_clock_body(_current(request, attempt_id)))


class AttemptSubmit(Learning):
    @extend_schema(request=None, responses=_clock, description="Hands in. Once or many times, the same.")
    def post(self, request: LearnerRequest, attempt_id: UUID) -> Response:
        mine = selectors.own_attempt(request.user, attempt_id)
        try:
            attempts.hand_in(attempt_id=mine.pk, by=request.user)
        except KeyWithheld as error:
            return Response({"detail": str(error)}, status=status.HTTP_409_CONFLICT)
        return Response(_clock_body(selectors.own_attempt(request.user, attempt_id)))


class AttemptResponse(Learning):
    throttle_classes = [SaveThrottle]
    throttle_scope = "saves"

    @extend_schema(
        request=_save,
        responses={200: _saved, 409: _conflict, 410: _gone},
        description=(
            "Keeps one answer. revision: the last acknowledged plus one. What a save does not say of sure, "
            "seconds and marks stays as it is kept. 409: another answer was kept under the revision. "
            "410: the attempt is over, or the key was shown; a late answer is kept as late."
        ),
    )
    def put(self, request: LearnerRequest, attempt_id: UUID, position: int) -> Response:
        data = request.data
        if not isinstance(data, dict) or "revision" not in data or "answer" not in data:
            return _bad_request("a save is an object with revision and answer")
        try:
            result = attempts.save_response(
                attempt_id=attempt_id,
                position=position,
                revision=data["revision"],
                answer=data["answer"],
                flagged=data.get("flagged", False),
                struck=data.get("struck", []),
                note=data.get("note", ""),
                **{name: data[name] for name in ("sure", "seconds", "marks") if name in data},
                by=request.user,
            )
        except AnswerError as error:
            return _bad_request(str(error))
        return _save_response(result)


@require_GET
def pulse(request: HttpRequest, slug: str, attempt_id: UUID) -> HttpResponse:
    """`clock` is another number once extra time was given at this exam: the page then reads its own clock.

    Reached through quizzes.middleware, before any session; the attempt's id is what lets a page in.
    """
    presence().seen(attempt_id)
    body = json.dumps({"clock": grants.newest(slug)})
    headers = {  # the last two are what the middleware that comes after would add
        "Cache-Control": "no-store",
        "Content-Length": str(len(body)),
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(body, content_type="application/json", headers=headers)


def _bad_request(detail: str) -> Response:
    return Response({"detail": detail}, status=status.HTTP_400_BAD_REQUEST)


def _save_response(result: SaveResult) -> Response:
    kept = {
        "revision": result.revision,
        "answer": result.answer,
        "flagged": result.flagged,
        "struck": result.struck,
        "note": result.note,
        "sure": result.sure,
        "seconds": result.seconds,
        "marks": result.marks,
        "saved_at": _instant(result.saved_at),
    }
    now = {"server_now": _instant(result.server_now)}
    if result.status == SaveStatus.CONFLICT:
        return Response({"kept": kept, **now}, status=status.HTTP_409_CONFLICT)
    if result.status == SaveStatus.CLOSED:
        return Response({**_closing(result), "late": result.late, "kept": kept, **now}, status=410)
    return Response({"status": result.status, **kept, "deadline_at": _instant(result.deadline_at), **now})


def _current(request: LearnerRequest, attempt_id: UUID) -> Attempt:
    """The caller's attempt, closed first if it is overdue."""
    attempt = selectors.own_attempt(request.user, attempt_id)
    state = attempt.state
    if attempts.expire_if_overdue(attempt).state != state:
        return selectors.own_attempt(request.user, attempt_id)
    return attempt


def _attempt_body(attempt: Attempt) -> dict[str, Any]:
    return {
        "id": str(attempt.pk),
        "exam": attempt.exam.slug,
        "started_at": _instant(attempt.started_at),
        **_clock_body(attempt),
        "responses": [
            {**asdict(kept), "saved_at": _instant(kept.saved_at)}
            for kept in selectors.kept_responses(attempt)
        ],
    }


def _clock_body(attempt: Any) -> dict[str, Any]:
    return {
        "state": attempt.state,
        "deadline_at": _instant(attempt.deadline_at),
        "server_now": _instant(attempt.server_now),
        **_closing(attempt),
    }


def _closing(closed: Any) -> dict[str, Any]:
    return {
        "closed_at": _instant(closed.closed_at),
        "finished_at": _instant(closed.finished_at),
        "close_reason": closed.close_reason,
    }


def _instant(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


urlpatterns = [
    path("exams/<slug:slug>/attempts/", ExamAttempts.as_view(), name="exam_attempts"),
    path("exams/<slug:slug>/attempts/<uuid:attempt_id>/pulse/", pulse, name="attempt_pulse"),
    path("attempts/<uuid:attempt_id>/", AttemptDetail.as_view(), name="attempt"),
    path("attempts/<uuid:attempt_id>/clock/", AttemptClock.as_view(), name="attempt_clock"),
    path("attempts/<uuid:attempt_id>/submit/", AttemptSubmit.as_view(), name="attempt_submit"),
    path(
        "attempts/<uuid:attempt_id>/responses/<int:position>/",
        AttemptResponse.as_view(),
        name="attempt_response",
    ),
]
