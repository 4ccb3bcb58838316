"""Fifty students save answers as fast as the server takes them, in turn with as many asking the yardstick."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from quizzes.kinds import KINDS
from quizzes.models import Exam, Response
from quizzes.services.starting import start_attempt
from tests.bench import people, wire
from tests.bench.beside import Bench, UnexpectedReply, expect, yardstick_request
from tests.bench.meter import Cost
from tests.bench.people import Student
from tests.bench.report import Row
from tests.bench.wire import Connection

KEY = "saving"
CLIENTS = 50
ROUNDS = 4
YARDSTICK_SECONDS = 2.0
SAVE_SECONDS = 3.0


@dataclass
class Sitter:
    """A student in an attempt of their own, who changes every answer again and again."""

    student: Student
    attempt_id: str
    answers: dict[int, tuple[Any, Any]]  # by position, two that the item can take
    kept: dict[int, int] = field(default_factory=dict)  # the last acknowledged revision by position
    saves: int = 0

    def next_save(self) -> tuple[int, int, bytes]:
        position = self.saves % len(self.answers) + 1
        revision = self.kept.get(position, 0) + 1
        self.saves += 1
        body = {
            "revision": revision,
            "answer": self.answers[position][revision % 2],
            "flagged": False,
            "struck": [],
            "note": "",
            "sure": revision % 4 + 1,
            "seconds": revision,
            "marks": [{"document": -1, "start": 3, "end": 9}],
        }
        path = reverse("quizzes_api:attempt_response", args=[self.attempt_id, position])
        return position, revision, wire.send("PUT", path, self.student.cookies, body)


def measure(bench: Bench) -> list[Row]:
    exam = Exam.objects.get(slug=people.SHORT)
    sitters = [_seat(student, exam) for student in people.make_students("saver", CLIENTS)]
    storm = Storm(bench, sitters)
    asyncio.run(storm.run())
    _require_all_kept(sitters)
    return storm.rows()


def _seat(student: Student, exam: Exam) -> Sitter:
    attempt = start_attempt(exam=exam, by=student.user)
    answers = {}
    for response in attempt.responses.select_related("item_version__item"):
        content = response.item_version.content
        kind = KINDS[content.kind]
        # an entered code has no list of wrong answers: it is taken back instead
        other = next(iter(kind.wrong_answers(content)), None)
        answers[response.position] = (kind.key_answer(content), other)
    return Sitter(student, str(attempt.pk), answers)


def _require_all_kept(sitters: list[Sitter]) -> None:
    """No acknowledged save may be lost: the last revision that each client was told of is the one kept."""
    told = {(sitter.attempt_id, position): n for sitter in sitters for position, n in sitter.kept.items()}
    rows = Response.objects.filter(attempt__in=[sitter.attempt_id for sitter in sitters], revision__gt=0)
    kept = {(str(a), p): n for a, p, n in rows.values_list("attempt_id", "position", "revision")}
    lost = [key for key, revision in told.items() if kept.get(key, 0) < revision]
    if lost:
        raise UnexpectedReply(f"{len(lost)} acknowledged saves are not in the database, the first {lost[0]}")


@dataclass
class Storm:
    bench: Bench
    sitters: list[Sitter]
    saving: Cost = field(default_factory=Cost)
    yard: Cost = field(default_factory=Cost)
    save_seconds: float = 0.0
    yard_seconds: float = 0.0

    async def run(self) -> None:
        connections = [self.bench.connect() for _ in self.sitters]
        pairs = list(zip(self.sitters, connections, strict=True))
        try:
            await self.turn(pairs, self.ask_yardstick, 1.0, Cost())  # opens every connection
            for _ in range(ROUNDS):
                self.yard_seconds += await self.turn(pairs, self.ask_yardstick, YARDSTICK_SECONDS, self.yard)
                self.save_seconds += await self.turn(pairs, self.save, SAVE_SECONDS, self.saving)
        finally:
            for connection in connections:
                await connection.__aexit__()

    async def turn(self, pairs: list, ask: Callable, seconds: float, into: Cost) -> float:
        """Every client asks until the time is over; the seconds until the last answer."""
        before, begun = self.bench.meter.read(), time.perf_counter()
        end = begun + seconds
        walls = await asyncio.gather(*(self.client(sitter, line, ask, end) for sitter, line in pairs))
        taken = time.perf_counter() - begun
        into.add([wall for each in walls for wall in each], self.bench.meter.read() - before)
        return taken

    async def client(self, sitter: Sitter, line: Connection, ask: Callable, end: float) -> list[float]:
        walls = []
        while time.perf_counter() < end:
            walls.append(await ask(sitter, line))
        return walls

    async def ask_yardstick(self, sitter: Sitter, line: Connection) -> float:
        return expect(200, await line.send(yardstick_request(sitter.student))).seconds

    async def save(self, sitter: Sitter, line: Connection) -> float:
        position, revision, sent = sitter.next_save()
        reply = expect(200, await line.send(sent))
        if reply.json()["status"] != "kept":
            raise UnexpectedReply(f"a new answer was not kept: {reply.body[:200].decode()}")
        sitter.kept[position] = revision
        return reply.seconds

    def rows(self) -> list[Row]:
        saving, yard = self.saving, self.yard
        rate, yard_rate = len(saving.wall) / self.save_seconds, len(yard.wall) / self.yard_seconds
        application = 1000 * saving.cpu.application / len(saving.wall)
        return [
            Row(
                "save_cpu",
                f"saving a response, {CLIENTS} clients: CPU",
                f"{saving.cpu_ms:.1f} ms",
                saving.cpu_ms / yard.cpu_ms,
                "x",
                2.5,
                gate=True,
                note=f"{application:.1f} of it the application's, against {yard.cpu_ms:.1f} ms; aim at 2x",
            ),
            Row(
                "save_rate",
                f"saving a response, {CLIENTS} clients: saves a second",
                f"{rate:.0f}",
                rate,
                "a second",
                150,
                gate=False,
                at_least=True,
                note=f"p50 {saving.wall_ms(50):.0f}, p99 {saving.wall_ms(99):.0f} ms; every acknowledged "
                f"save is in the database; the yardstick {yard_rate:.0f} a second",
            ),
        ]
