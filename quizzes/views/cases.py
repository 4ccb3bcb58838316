"""The page of a case in practice, and the two things that it asks the server for while a claim is coded."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import Permission, SignedInRequest, require
from codesets import live
from codesets.refs import Pair, Target
from codesets.rules.values import Severity
from codesets.systems import System, normalize
from quizzes.errors import AttemptOver, CheckRefused, HighlightRefused
from quizzes.kinds import KINDS, AnswerError, Served
from quizzes.selectors import SittingItem
from quizzes.services import cases
from quizzes.services.cases import Checked
from quizzes.views.charts import ShownDocument, show_chart
from quizzes.views.claims import Face, show_claim, show_face
from quizzes.views.graded import NOTES, GradedItem
from quizzes.views.graded_claims import ICONS, ShownFinding
from quizzes.views.shown import ShownItem

LONGEST_BODY = 100_000  # bytes; a claim of sixty lines has a tenth of it


@dataclass(frozen=True)
class CasePage:
    """What the page of a case has beside its grid, or beside its key.

    may_mark: whether the chart still takes highlights. checks_left: None without limit. may_check: whether
    the item lets the rules be asked at all.
    """

    face: Face
    documents: list[ShownDocument]
    highlights: list[dict[str, Any]]
    may_mark: bool
    checks_left: int | None
    may_check: bool


@dataclass(frozen=True)
class CheckedFinding(ShownFinding):
    """where: its lines for the script, "dx:3 dx:4"."""

    number: int
    where: str


def case_page(item: SittingItem, graded: GradedItem | None) -> CasePage:
    """graded: where the key may be shown."""
    most = item.shown["checks"]
    return CasePage(
        face=show_face(item.shown["face"]),
        documents=graded.claim.documents if graded and graded.claim else show_chart(item.shown["chart"]),
        highlights=item.highlights,
        may_mark=item.revealed_at is None,
        checks_left=None if most is None else max(most - item.checks, 0),
        may_check=most != 0,
    )


def with_claim(shown: ShownItem, item: SittingItem, posted: Mapping[str, Any] | None = None) -> ShownItem:
    """The item with its grid: what was posted just now, else what is kept, else what it starts with."""
    start = item.shown["start"]
    if posted is not None:
        claim = posted
    elif item.answer is not None:
        claim = item.answer["claim"]
    else:
        claim = {} if item.revision else start
    given = start if item.served == Served.HALF else {}
    grid = show_claim(item.shown["face"], claim, start, item.service_date, item.systems, given=given)
    return replace(shown, claim=grid)


def posted_claim(item: SittingItem, controls: Mapping[str, list[str]]) -> Mapping[str, Any]:
    """The rows as they were sent, whether or not they can be read."""
    posted = KINDS[item.kind].posted(controls, systems=item.systems)
    return posted["claim"] if posted else {}


@never_cache
@require_POST
@require(Permission.LEARN)
def case_check(request: SignedInRequest, attempt_id: UUID, position: int) -> HttpResponse:
    """The findings as a fragment, or the words of a refusal. Takes {"answer": ...} as a save sends it."""
    try:
        body = _body(request)
        said = cases.check_claim(
            attempt_id=attempt_id, position=position, answer=body.get("answer"), by=request.user
        )
    except AnswerError as error:
        return render(
            request, "quizzes/_case_refused.html", {"why": f"The claim could not be read: {error}."}
        )
    except (CheckRefused, AttemptOver) as error:
        return render(request, "quizzes/_case_refused.html", {"why": str(error)})
    return render(request, "quizzes/_case_findings.html", _findings_context(said))


@never_cache
@require_http_methods(["POST", "DELETE"])
@require(Permission.LEARN)
def case_highlights(request: SignedInRequest, attempt_id: UUID, position: int) -> HttpResponse:
    """POST keeps a mark on the chart, DELETE takes it away; both answer with all that are there."""
    try:
        body = _body(request)
        place = {name: body.get(name) for name in ("document", "start", "end")}
        where: dict[str, Any] = {"attempt_id": attempt_id, "position": position, **place, "by": request.user}
        if request.method == "POST":
            kept = cases.save_highlight(**where, note=body.get("note", ""))
        else:
            kept = cases.remove_highlight(**where)
    except (AttemptOver, HighlightRefused, AnswerError) as error:
        return JsonResponse({"detail": str(error)}, status=409)
    return JsonResponse({"highlights": kept})


def _body(request: SignedInRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body) if len(request.body) <= LONGEST_BODY else None
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise AnswerError("what was sent is no JSON object of a page")
    return body


def _findings_context(said: Checked) -> dict[str, Any]:
    targets = _targets((code for one in said.findings for code in one["codes"]), said.on)
    found = [_finding(number, one, targets) for number, one in enumerate(said.findings, start=1)]
    counts = [(each, sum(one.severity == each for one in found)) for each in Severity]
    return {
        "checked": said,
        "findings": found,
        "counts": [(severity.value, count) for severity, count in counts if count],
    }


def _finding(number: int, said: Mapping[str, Any], targets: Mapping[str, Target]) -> CheckedFinding:
    return CheckedFinding(
        number=number,
        severity=said["severity"],
        icon=ICONS[said["severity"]],
        lines=", ".join(line.replace(":", " ") for line in said["lines"]),
        where=" ".join(said["lines"]),
        message=_with_links(said["message"], said["codes"], targets),
        quote=said["quote"],
        source=said["source"] and {**said["source"], "note": _note(said["source"]["note"])},
        vintage=said["vintage"],
    )


def _note(kind: str) -> str:
    """The kind of a note in words; of a guideline or table it is its name already."""
    words = NOTES.get(kind, kind)
    return f"{words[:1].upper()}{words[1:]} at" if kind in NOTES else words


def _with_links(message: str, codes: Sequence[str], targets: Mapping[str, Target]) -> SafeString:
    """The sentence with each of its codes a link that opens in the book."""
    known = sorted((code for code in codes if code in targets), key=len, reverse=True)
    if not known:
        return format_html("{}", message)
    pieces = re.split(rf"\b({'|'.join(map(re.escape, known))})(?![\w.]*\w)", message)
    return format_html_join("", "{}", ((_link(targets[one]) if one in known else one,) for one in pieces))


def _link(target: Target) -> SafeString:
    return format_html(
        '<a class="ref {}" data-card="{}" href="{}">{}</a>',
        *(target.css, target.card_url, target.url, target.display),
    )


def _targets(codes: Iterable[str], on: date) -> dict[str, Target]:
    """By the code as it is written: a finding does not say in which system each of its codes stands."""
    wanted = dict.fromkeys(codes)
    pairs: list[Pair] = [(system.value, normalize(code)) for code in wanted for system in System]
    found = live.resolver(on)(pairs) if pairs else {}
    return {target.display: target for target in found.values()}
