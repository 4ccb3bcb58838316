"""Processor time of the server's processes, wall time of requests."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

import psutil


@dataclass(frozen=True)
class Cpu:
    """Seconds of processor time, user and system."""

    application: float = 0.0
    database: float = 0.0

    @property
    def total(self) -> float:
        return self.application + self.database

    def __add__(self, other: "Cpu") -> "Cpu":
        return Cpu(self.application + other.application, self.database + other.database)

    def __sub__(self, other: "Cpu") -> "Cpu":
        return Cpu(self.application - other.application, self.database - other.database)


@dataclass(frozen=True)
class Meter:
    """`application` and `database` are the ids of the processes at the top of each tree."""

    application: tuple[int, ...]
    database: tuple[int, ...]

    def read(self) -> Cpu:
        return Cpu(_seconds(self.application), _seconds(self.database))


def _seconds(tops: Iterable[int]) -> float:
    """What the trees have used so far. A child that ended and was waited for is in its parent's sum."""
    total = 0.0
    for pid in tops:
        top = psutil.Process(pid)
        for process in [top, *top.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                total += sum(process.cpu_times()[:4])
    return total


@dataclass
class Cost:
    """What a number of requests took: the wall time of each in seconds, the processor time of all."""

    wall: list[float] = field(default_factory=list)
    cpu: Cpu = Cpu()

    def add(self, wall: list[float], cpu: Cpu) -> None:
        self.wall += wall
        self.cpu += cpu

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of processor time for one request."""
        return 1000 * self.cpu.total / len(self.wall)

    def wall_ms(self, percent: int) -> float:
        return 1000 * percentile(self.wall, percent)


def percentile(values: list[float], percent: int) -> float:
    """The smallest value that `percent` of the values do not exceed."""
    return sorted(values)[max(0, -(-len(values) * percent // 100) - 1)]
