"""Five thousand students in one exam: they start, read, save, show that they are there, and fall due at once.

Each holds one connection, as a browser does, and sends again what was refused, with the waits of the page's
script. Times are counted from when a request was due, so that a late client or a queue in it cannot flatter
the server. Scripts and styles are not fetched: a browser has them from the lobby.
"""

import asyncio
import time
from asyncio import IncompleteReadError, sleep
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psutil
from django.urls import reverse

from config.open_files import allow_open_files
from quizzes.models import Exam, Item, ItemStatus, Response
from tests.bench import overdue, people, wire
from tests.bench.beside import Bench, UnexpectedReply, expect
from tests.bench.meter import Cpu, percentile
from tests.bench.people import Student
from tests.bench.report import Row
from tests.bench.wire import Connection, Reply

KEY = "load"
STUDENTS = overdue.ATTEMPTS
STARTING = 110.0  # seconds over which the starts are spread: the last has ten more to come in
STARTED = 120.0
SITTING = 180.0  # seconds that all sit
SAVE_EVERY = (45.0, 75.0)
PULSE_EVERY = (8.0, 10.0)  # as static/js/exam/pulse.js
RETRY = (1, 2, 4, 8, 15)  # as static/js/exam/saver.js
PATIENCE = 60.0  # for what was asked at the end
LOOK_EVERY = 5.0
OPEN_FILES = 2 * STUDENTS  # of this client: a socket for each, and some
MIB = 2**20

Place = tuple[str, int]  # an attempt and a position in it
Save = tuple[int, Any]  # a revision and its answer


@dataclass
class Tally:
    """What all of them saw. seconds: the wall time of each request, by what it was for."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    again: int = 0  # requests that were refused or lost, and sent again
    last_start: float = 0.0
    page_bytes: int = 0

    def add(self, what: str, due: float) -> None:
        self.seconds.setdefault(what, []).append(now() - due)


@dataclass
class Sitter:
    """One student. told: what the server said that it keeps; unheard: the save that it has not answered."""

    student: Student
    exam: Exam
    answers: list[Any]  # those that every item can take
    line: Connection
    tally: Tally
    luck: Random
    attempt: str = ""
    told: dict[int, Save] = field(default_factory=dict)
    unheard: dict[int, Save] = field(default_factory=dict)
    saves: int = 0

    async def sit(self, begun: float, begins: float, ends: float) -> None:
        await sleep(begins - now())
        await self.start(begins)
        self.tally.last_start = max(self.tally.last_start, now() - begun)
        await self.open_page()
        pulse = now()
        save = pulse + self.luck.uniform(0, SAVE_EVERY[1])
        while (due := min(pulse, save)) < ends:
            await sleep(due - now())
            if due == pulse:
                await self.pulse(due)
                pulse = max(due, now()) + self.luck.uniform(*PULSE_EVERY)
            else:
                await self.save("saves" if due >= begun + STARTED else "saves while others start", due)
                save = due + self.luck.uniform(*SAVE_EVERY)
        self.line.close()

    async def start(self, due: float) -> None:
        cookies = self.student.cookies
        path = reverse("quizzes:exam_start", args=[self.exam.slug])
        begun = expect(302, await self.ask(wire.send("POST", path, cookies)))
        self.tally.add("starts", due)
        self.attempt = begun.headers["location"].rstrip("/").rsplit("/", 1)[-1]

    async def open_page(self) -> None:
        due, cookies = now(), self.student.cookies
        page = reverse("quizzes:attempt", args=[self.attempt])
        shown = expect(200, await self.ask(wire.get(page, cookies, {"Accept-Encoding": "gzip"})))
        self.tally.add("pages", due)
        self.tally.page_bytes = len(shown.body)

    async def pulse(self, due: float) -> None:
        path = reverse("quizzes_api:attempt_pulse", args=[self.exam.slug, self.attempt])
        expect(200, await self.ask(wire.get(path, self.student.cookies)))
        self.tally.add("pulses", due)

    async def save(self, what: str, due: float) -> None:
        position, body = self.next_save()
        path = reverse("quizzes_api:attempt_response", args=[self.attempt, position])
        self.unheard[position] = body["revision"], body["answer"]
        reply = expect(200, await self.ask(wire.send("PUT", path, self.student.cookies, body)))
        # same: it was kept before, and that reply was lost
        if reply.json()["status"] not in {"kept", "same"}:
            raise UnexpectedReply(f"a new answer was not kept: {reply.body[:200].decode()}")
        self.told[position] = self.unheard.pop(position)
        self.tally.add(what, due)

    def next_save(self) -> tuple[int, dict[str, Any]]:
        """The items in their order; every fourth save goes back to one that is answered and changes it."""
        self.saves += 1
        back = self.saves % 4 == 0
        position = self.luck.choice(list(self.told)) if back else self.saves - self.saves // 4
        revision, last = self.told.get(position, (0, None))
        return position, {
            "revision": revision + 1,
            "answer": self.luck.choice([one for one in self.answers if one != last]),
            "flagged": self.luck.random() < 0.1,
            "struck": [],
            "note": "",
            "sure": self.luck.choice([None, 1, 2, 3, 4]),
            "marks": [],
            "seconds": self.luck.randrange(90),
        }

    async def ask(self, sent: bytes) -> Reply:
        for wait in RETRY:
            try:
                reply = await self.line.send(sent)
            except (OSError, IncompleteReadError):
                self.line.close()
            else:
                if reply.status != 429 and reply.status < 500:
                    return reply
            self.tally.again += 1
            await sleep(wait)
        raise UnexpectedReply(f"not answered, though sent {len(RETRY)} times: {sent[:100].decode()}")


def now() -> float:
    return time.perf_counter()


def measure(bench: Bench) -> list[Row]:
    allow_open_files(OPEN_FILES)
    exam = people.load_exam()
    answers = _answers()
    tally = Tally()
    sitters = [
        Sitter(student, exam, answers, bench.connect(), tally, Random(number))
        for number, student in enumerate(people.make_students("load", STUDENTS))
    ]
    crowd = Crowd(bench, sitters, tally)
    asyncio.run(crowd.sit())
    kept = _kept(exam)
    told = {(one.attempt, position): save for one in sitters for position, save in one.told.items()}
    unheard = {(one.attempt, position): save for one in sitters for position, save in one.unheard.items()}
    return [
        *crowd.rows(differing(told, unheard, kept), len(told)),
        *overdue.fall_due(bench, exam, KEY),
    ]


def _answers() -> list[Any]:
    """The options that every item with one best answer has, by their ids: a form may draw any."""
    items = Item.objects.filter(kind="single_best", status=ItemStatus.PUBLISHED)
    options = items.values_list("current__options", flat=True)
    common = set.intersection(*({option["id"] for option in each} for each in options))
    return [{"choice": one} for one in sorted(common)]


def _kept(exam: Exam) -> dict[Place, Save]:
    rows = Response.objects.filter(attempt__exam=exam, revision__gt=0)
    values = rows.values_list("attempt_id", "position", "revision", "answer")
    return {(str(attempt), position): (revision, answer) for attempt, position, revision, answer in values}


def differing(
    told: Mapping[Place, Save], unheard: Mapping[Place, Save], kept: Mapping[Place, Save]
) -> list[Place]:
    """Where what is kept is neither what was last acknowledged nor what was sent and never answered."""
    return [
        place
        for place in told.keys() | kept.keys()
        if place not in kept or kept[place] not in (told.get(place), unheard.get(place))
    ]


@dataclass(frozen=True)
class Reading:
    """Seconds: the clock, and the processor time that was used so far."""

    clock: float
    cpu: Cpu
    client: float

    def since(self, before: "Reading") -> str:
        taken = self.clock - before.clock
        cpu = self.cpu - before.cpu
        parts = (cpu.application, cpu.database, self.client - before.client)
        web, database, client = (f"{part / taken:.2f}" for part in parts)
        return (
            f"of {psutil.cpu_count()} cores web {web}, PostgreSQL and Valkey {database}, this client {client}"
        )


@dataclass
class Crowd:
    """All of them, and what the machine did: read at the start, once all sit, and at the end."""

    bench: Bench
    sitters: list[Sitter]
    tally: Tally
    readings: list[Reading] = field(default_factory=list)
    pss: int = 0
    rss: int = 0

    async def sit(self) -> None:
        begun = now() + 1
        each = STARTING / len(self.sitters)
        ends = begun + STARTED + SITTING
        async with asyncio.timeout(STARTED + SITTING + PATIENCE), asyncio.TaskGroup() as group:
            for number, sitter in enumerate(self.sitters):
                group.create_task(sitter.sit(begun, begun + number * each, ends))
            group.create_task(self.look_on((begun, begun + STARTED, ends)))

    async def look_on(self, instants: Iterable[float]) -> None:
        web = psutil.Process(self.bench.stack.children["web"].pid)
        for instant in instants:
            while now() < instant:
                processes = [web, *web.children()]
                self.pss = max(self.pss, overdue.memory(processes))
                self.rss = max(self.rss, sum(one.memory_info().rss for one in processes))
                await sleep(min(LOOK_EVERY, instant - now()))
            self.readings.append(Reading(now(), self.bench.meter.read(), time.process_time()))

    def rows(self, lost: list[Place], told: int) -> list[Row]:
        what = f"{len(self.sitters):,} students in one exam"
        seconds = self.tally.seconds
        saves = len(seconds["saves"])
        began, all_sat, ended = self.readings
        opened = sum(one.line.opened for one in self.sitters)
        return [
            Row(
                f"{KEY}_lost",
                f"{what}: answers that are not kept as acknowledged",
                str(len(lost)),
                len(lost),
                "",
                0,
                gate=True,
                note=f"{told:,} answers compared; {self.tally.again} requests were sent again, "
                f"{opened:,} connections opened",
            ),
            Row(
                f"{KEY}_started",
                f"{what}: all have started",
                f"{self.tally.last_start:.1f} s",
                self.tally.last_start,
                "s",
                STARTED,
                gate=False,
                note=f"{self.sitters[0].exam.title}; {spread('starts', seconds)}; "
                f"{spread('pages', seconds)}, "
                f"{self.tally.page_bytes / 1024:.0f} KB; {spread('saves while others start', seconds)}; "
                f"{all_sat.since(began)}",
            ),
            Row(
                f"{KEY}_saves",
                f"{what}, a save each in {SITTING * len(self.sitters) / saves:.0f} s: p99 of a save",
                f"{1000 * percentile(seconds['saves'], 99):.0f} ms",
                1000 * percentile(seconds["saves"], 99),
                "ms",
                150,
                gate=False,
                note=f"{spread('saves', seconds)}, {saves / SITTING:.0f} a second; "
                f"{spread('pulses', seconds)}; {ended.since(all_sat)}",
            ),
            Row(
                f"{KEY}_memory",
                f"{what}: memory of all web processes",
                f"{self.pss / MIB:.0f} MiB",
                self.pss / MIB,
                "MiB",
                400,
                gate=False,
                note="the most that they held, what they share counted once; "
                f"{self.rss / MIB:.0f} MiB with that counted in each",
            ),
        ]


def spread(what: str, seconds: Mapping[str, list[float]]) -> str:
    """The percentiles of a kind of request, in milliseconds."""
    ms = (f"{1000 * percentile(seconds[what], percent):.0f}" for percent in (50, 95, 99))
    return f"{what} p50, p95, p99 {', '.join(ms)} ms"
