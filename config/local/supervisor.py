"""One process in the foreground that owns every other one, from the first server to the last.

Every wait looks at one flag that the signal handlers set, so that a stop comes through at any time and never
in the middle of starting a child.
"""

from __future__ import annotations

import http.client
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from config.local import application, checks, logs, paths, place, postgres, valkey
from config.local.application import Application
from config.local.command import run_to_end
from config.local.errors import StartError
from config.local.lock import DataDirLock
from config.local.processes import Child, Program, clear, leftovers

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LONGEST_DELAY = 10.0  # seconds between two starts of a program that keeps dying
SETTLED = 30.0  # seconds of life after which a death counts as the first


class Stopped(Exception):
    """Somebody asked for a stop while Chartroom was starting."""


@dataclass
class Service:
    """A program that is kept running."""

    program: Program
    child: Child | None = None
    deaths: int = 0
    start_at: float = 0.0
    log: logs.NewLines = field(init=False)

    def __post_init__(self) -> None:
        self.log = logs.NewLines(self.program.log)

    def start(self) -> None:
        self.child = Child(self.program)

    def alive(self) -> bool:
        return self.child is not None and self.child.ended() is None


class Supervisor:
    """Starts, watches and stops Chartroom in one data folder.

    `make_application` gives what to run for a child environment, a data folder and the descriptor
    of the bound socket; `say` takes the words for the person at the terminal.
    """

    def __init__(
        self,
        environ: dict[str, str],
        *,
        make_application: Callable[[dict[str, str], Path, int], Application] = application.chartroom,
        say: Callable[[str], None] = lambda words: print(words, flush=True),
        room_needed: int | None = None,
    ) -> None:
        self.environ = environ
        self.say = say
        self._make_application = make_application
        self._room_needed = room_needed
        self._stop_asked = False
        self._programs: list[Service] = []
        self._servers: list[Service] = []  # the last one started comes first
        self._password = ""

    def run(self) -> int:
        """Return the exit code: 0 after a stop that was asked for, 1 when Chartroom could not start."""
        for signum in STOP_SIGNALS:
            if signum is not signal.SIGHUP or signal.getsignal(signum) is not signal.SIG_IGN:  # nohup
                signal.signal(signum, self._ask_to_stop)
        try:
            self.data_dir = checks.read_data_dir(self.environ)
            self.port = checks.read_port(self.environ)
            place.make_data_dir(self.data_dir)
            lock = self._open_lock()
        except StartError as error:
            return self._fail(error)
        try:
            return self._run_locked(lock)
        finally:
            lock.release()

    def _run_locked(self, lock: DataDirLock) -> int:
        listener: socket.socket | None = None
        failure: StartError | None = None
        try:
            lock.note(address=self.address)
            listener = checks.reserve_port(self.port)
            self._start(listener)
            self._watch()
        except Stopped:
            pass
        except StartError as error:
            failure = error
        except OSError as error:
            failure = self._explain(error)
        finally:
            if self._services:
                lock.note(address=self.address, stopping=True)
                self._stop_all()
            place.remove_sockets(self.data_dir)
            if listener is not None:
                listener.close()
        if failure is not None:
            return self._fail(failure)
        self.say("Chartroom has stopped.")
        return 0

    @property
    def _services(self) -> list[Service]:
        """In the order in which they are stopped."""
        return [*self._programs, *self._servers]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _fail(self, error: StartError) -> int:
        self.say(f"Chartroom cannot start: {error}")
        return 1

    def _explain(self, error: OSError) -> StartError:
        if postgres.no_room(str(error)):
            return StartError(postgres.no_room_sentence(self.data_dir))
        return StartError(f"{error}.")

    def _ask_to_stop(self, signum: int, frame: FrameType | None) -> None:
        self._stop_asked = True

    def _open_lock(self) -> DataDirLock:
        try:
            lock = DataDirLock(self.data_dir)
        except PermissionError as error:
            raise StartError(place.foreign(self.data_dir)) from error
        killed = lock.acquire()
        left = leftovers(self.data_dir)
        if killed is not None:
            self.say(f"The last start (process {killed}) was killed before it could stop.")
        if left:
            names = ", ".join(sorted({name for name, _ in left}))
            self.say(f"Stopping {len(left)} processes that it left behind ({names}).")
            clear(left)
        return lock

    def _start(self, listener: socket.socket) -> None:
        where = place.make_place(self.data_dir)
        logs.rotate(where.logs)
        self._check_room(where)
        self._start_servers(where)
        checks.ensure_secret(self.data_dir / "secret_key", 50)
        self._password = self.environ.get("DEMO_PASSWORD") or checks.ensure_secret(
            self.data_dir / "demo_password", 9
        )
        environment = application.child_environment(self.environ, self.data_dir, self.port)
        made = self._make_application(environment, self.data_dir, listener.fileno())
        run_to_end(
            made.prepare,
            cwd=paths.CHECKOUT,
            env={**environment, "DEMO_PASSWORD": self._password},
            log=where.logs / "prepare.log",
            stopping=lambda: self._stop_asked,
        )
        self._check_stop()
        for program in made.programs:
            service = Service(program)
            service.start()
            self._programs.append(service)
        self._wait_until_healthy(made.health_path)
        self.say(
            f"Chartroom is ready at {self.address}  accounts: {', '.join(application.ACCOUNTS)}  "
            f"password: {self._password}"
        )

    def _check_room(self, where: place.Place) -> None:
        first = not postgres.data_folder(where).exists() and not self.environ.get("DATABASE_URL")
        needed = self._room_needed
        if needed is None:
            needed = checks.ROOM_FOR_FIRST_START if first else checks.ROOM_FOR_LATER_START
        for folder in {where.data_dir, where.data}:
            checks.check_room(folder, needed)

    def _start_servers(self, where: place.Place) -> None:
        """PostgreSQL is first in and last out."""
        if database := self.environ.get("DATABASE_URL"):
            postgres.check_external(database)
        else:
            if not postgres.data_folder(where).exists():
                self.say("Making a PostgreSQL cluster.")
            postgres.ensure_cluster(where)
            self._start_server(postgres.program(where), lambda alive: postgres.wait_ready(where, alive))
        if broker := self.environ.get("REDIS_URL"):
            valkey.check_external(broker)
        else:
            valkey.ensure_folder(where)
            self._start_server(valkey.program(where), lambda alive: valkey.wait_ready(where, alive))

    def _start_server(self, program: Program, wait: Callable[[Callable[[], bool]], None]) -> None:
        service = Service(program)
        service.start()
        self._servers.insert(0, service)

        def alive() -> bool:
            self._check_stop()
            return service.alive()

        try:
            wait(alive)
        except StartError as error:
            said = logs.tail(program.log)
            if postgres.no_room(said):
                raise StartError(postgres.no_room_sentence(program.cwd)) from error
            raise StartError(f"{error} The end of {program.log}:\n{said}") from error

    def _wait_until_healthy(self, path: str, seconds: float = 90.0) -> None:
        limit = time.monotonic() + seconds
        while True:
            self._check_stop()
            healthy = self._healthy(path)
            for service in self._services:
                ended = service.child.ended() if service.child else None
                if ended:
                    log = service.program.log
                    raise StartError(f"{service.program.name} {ended}. The end of {log}:\n{logs.tail(log)}")
            if healthy:
                return
            if time.monotonic() > limit:
                raise StartError(f"{self.address}{path} did not answer within {seconds:.0f} seconds.")
            time.sleep(0.1)

    def _healthy(self, path: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _check_stop(self) -> None:
        if self._stop_asked:
            raise Stopped

    def _watch(self) -> None:
        looked = 0.0
        while not self._stop_asked:
            for service in self._services:
                self._revive(service)
            if time.monotonic() - looked > 1:
                looked = time.monotonic()
                for service in self._services:
                    for line in service.log.bad_news():
                        self.say(f"{service.program.name}: {line}")
            time.sleep(0.2)

    def _revive(self, service: Service) -> None:
        """Say what died and start it again, later and later while it keeps dying."""
        child = service.child
        if child is None:
            if time.monotonic() >= service.start_at:
                try:
                    service.start()
                except (OSError, StartError) as error:
                    self._put_off(service, f"{service.program.name} could not be started ({error})")
            return
        ended = child.ended()
        if ended is None:
            return
        child.kill_group()
        if time.monotonic() - child.started > SETTLED:
            service.deaths = 0
        self._put_off(service, f"{service.program.name} (process {child.pid}) {ended}")
        if service.deaths == 2:
            self.say(logs.tail(service.program.log, 5))

    def _put_off(self, service: Service, reason: str) -> None:
        delay = min(LONGEST_DELAY, 0.2 * 2**service.deaths)
        service.child = None
        service.deaths += 1
        service.start_at = time.monotonic() + delay
        self.say(f"{reason}. It starts again in {delay:.1f} seconds.")

    def _stop_all(self) -> None:
        self.say("Stopping.")
        for service in self._programs:
            if service.child is not None:
                service.child.ask_to_stop()  # together: each takes a second or two
        for service in self._services:
            if service.child is not None:
                service.child.stop()
        clear(leftovers(self.data_dir))
