"""The pulse of a sitting, answered before everything else.

Every open page asks it every few seconds, and it needs neither session nor user, which are most of what a
request costs: on two cores 0.7 ms of processor time in all, against 2.3 ms for a page that does nothing.
"""

import re
from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from quizzes.api import pulse

_PULSE = re.compile(r"/api/v1/exams/([-\w]+)/attempts/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/pulse/")


class PulseMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if found := _PULSE.fullmatch(request.path_info):
            return pulse(request, found[1], UUID(found[2]))
        return self.get_response(request)
