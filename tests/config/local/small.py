"""A supervisor with the real servers and a small application in place of Chartroom's own, for quick tests.

`python -m tests.config.local.small run [ROOM]` supervises; `... web DESCRIPTOR` is the application's program.
"""

import http.server
import os
import socket
import sys
from pathlib import Path

from config.local import paths
from config.local.application import Application
from config.local.processes import Program, mark
from config.local.supervisor import Supervisor


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answer = str(os.getpid()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments: object) -> None:
        pass


def small(environment: dict[str, str], data_dir: Path, listener: int) -> Application:
    web = Program(
        name="web",
        command=[sys.executable, "-m", "tests.config.local.small", "web", str(listener)],
        log=data_dir / "logs" / "web.log",
        cwd=paths.CHECKOUT,
        env={**environment, **mark(data_dir, "web")},
        grace=5.0,
        pass_fds=(listener,),
    )
    command = [sys.executable, "-c", os.environ.get("SMALL_STEP", "")]
    return Application(prepare=command, programs=[web])


def serve(descriptor: int) -> None:
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = socket.socket(fileno=descriptor)
    server.server_activate()
    server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1] == "web":
        serve(int(sys.argv[2]))
    room = int(sys.argv[2]) if len(sys.argv) > 2 else None
    sys.exit(Supervisor(dict(os.environ), make_application=small, room_needed=room).run())
