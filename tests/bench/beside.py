"""Requests beside the yardstick: turn by turn on one connection, so that both meet the same machine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.urls import reverse

from tests.bench import wire
from tests.bench.meter import Cost, Cpu, Meter
from tests.bench.people import Student
from tests.bench.wire import Connection, Reply
from tests.stack import Stack

WARM_UP = 30


class UnexpectedReply(Exception):
    """The server answered otherwise than a measurement needs."""


@dataclass(frozen=True)
class Bench:
    """The running stack, its meter, and what the yardstick took in all of the run."""

    stack: Stack
    meter: Meter
    host: str
    port: int
    yardstick: Cost = field(default_factory=Cost)

    def connect(self) -> Connection:
        return Connection(self.host, self.port)


def yardstick_request(student: Student) -> bytes:
    return wire.get(reverse("yardstick"), student.cookies)


def expect(status: int, reply: Reply) -> Reply:
    if reply.status != status:
        said = reply.body[:200].decode(errors="replace")
        raise UnexpectedReply(f"{reply.path} gave {reply.status} instead of {status}: {said}")
    return reply


async def beside_yardstick(
    bench: Bench,
    student: Student,
    asked: Sequence[bytes],
    *,
    status: int = 200,
    turn: int = 20,
    see: Callable[[Reply], None] | None = None,
) -> tuple[Cost, Cost]:
    """Asks everything once, `turn` requests at a time, each turn after as many of the yardstick.

    Gives the cost of what was asked and of the yardstick. `see` gets each reply, after its time was taken.
    """
    subject, yard = Cost(), Cost()
    reference = yardstick_request(student)
    async with bench.connect() as connection:
        for _ in range(WARM_UP):
            expect(200, await connection.send(reference))
        for start in range(0, len(asked), turn):
            part = asked[start : start + turn]
            before = bench.meter.read()
            plain = [expect(200, await connection.send(reference)).seconds for _ in part]
            between = bench.meter.read()
            replies = [expect(status, await connection.send(sent)) for sent in part]
            _count(bench, yard, plain, between - before)
            subject.add([reply.seconds for reply in replies], bench.meter.read() - between)
            for reply in replies if see else ():
                see(reply)
    return subject, yard


def _count(bench: Bench, yard: Cost, wall: list[float], cpu: Cpu) -> None:
    yard.add(wall, cpu)
    bench.yardstick.add(wall, cpu)
