import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rest_framework.exceptions import ValidationError

from codesets.claims import read_claim
from codesets.rules.values import Claim
from codesets.systems import System
from quizzes.grading.claims.keys import unreadable
from quizzes.grading.values import EXAM
from quizzes.kinds import KINDS, Answer, AnswerError, ItemContent
from quizzes.kinds.claims import HEADER
from quizzes.services.facts import gather_facts, occasion
from quizzes.services.grading import grade_json

KIND = KINDS["coded_case"]


class Command(BaseCommand):
    help = (
        "Grades a claim by a key, as an exam would: JSON in, the grade out as JSON. The key is a claim with "
        "its face sheet (setting, dates, sex, age), and beside its lines before, alternatives, not_coded, "
        "query, options and policy."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", metavar="KEY.json")
        parser.add_argument(
            "answer", metavar="ANSWER.json", help="a claim, and the id of a query if one is sent"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        key, claim = _read(options["key"]), _read(options["answer"])
        content = _content(key, claim.get("query"), options["key"])
        answer = _answer(claim, content, options["answer"])
        looked_up = KIND.look_up(content, answer)
        assert looked_up is not None
        facts = gather_facts([looked_up])[occasion(looked_up)]
        grade = KIND.grade(content, answer, facts, EXAM)
        self.stdout.write(json.dumps(grade_json(grade, content, answer), ensure_ascii=False))


def _read(name: str) -> dict[str, Any]:
    try:
        said = json.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name} cannot be read: {error}.") from error
    except ValueError as error:
        raise CommandError(f"{name} is not JSON: {error}.") from error
    if not isinstance(said, dict):
        raise CommandError(f"{name} must hold an object.")
    return said


def _content(key: dict[str, Any], sent: Any, name: str) -> ItemContent:
    """The key as the content of a case. Where the choices of a query are not told, any may be sent."""
    face = {field: key.get(field) for field in HEADER}
    options = key.get("options") or [{"id": one} for one in dict.fromkeys((key.get("query"), sent)) if one]
    policy = key.get("policy") or {}
    lines = {field: value for field, value in key.items() if field not in {*HEADER, "options", "policy"}}
    if found := unreadable(lines, options, policy):
        raise CommandError(f"{name} is not a key: {'; '.join(found)}.")
    return ItemContent(
        kind=KIND.slug,
        systems=tuple(System),
        service_date=_face_sheet(face, name).on,
        stem="",
        key=lines,
        rationale="",
        options=options,
        given=face,
        policy=policy,
    )


def _face_sheet(face: dict[str, Any], name: str) -> Claim:
    try:
        return read_claim({**face, "diagnoses": []})
    except ValidationError as error:
        told = json.dumps(error.detail, ensure_ascii=False)
        raise CommandError(f"{name} has no face sheet of a claim: {told}.") from error


def _answer(claim: dict[str, Any], content: ItemContent, name: str) -> Answer | None:
    """The lines alone: the face sheet is the key's."""
    said = {
        "claim": {part: claim.get(part) for part in ("diagnoses", "procedures")},
        "query": claim.get("query"),
    }
    try:
        return KIND.parse_answer(said, options=content.options, systems=content.systems)
    except AnswerError as error:
        raise CommandError(f"{name} is not a claim: {error}.") from error
