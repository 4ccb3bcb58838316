"""`make bench`: measures the budgets of the paths that must be fast, and fails when a gate is over.

Words go to stderr, the table to stdout, JSON to the file that BENCH_JSON names. Arguments choose among the
measurements (python -m tests.bench search saving).
"""

import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import django
import psutil

from config.local.errors import StartError
from config.local.processes import Child
from tests.bench import report, servers
from tests.bench.meter import Meter
from tests.stack import Stack, running_stack


def main(only: set[str]) -> int:
    begun = time.monotonic()
    try:
        with servers.own_servers() as (data_dir, postgres):
            sys.stderr.write("Starting the stack; the first time, this loads the demonstration.\n")
            with running_stack(servers.stack_folder(data_dir), settings="tests.bench.settings") as stack:
                return _measure(stack, postgres, only, begun)
    except StartError as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _measure(stack: Stack, postgres: Child, only: set[str], begun: float) -> int:
    os.environ.update(stack.environment)
    django.setup()
    # They import models, which exist from here on.
    from tests.bench.beside import Bench
    from tests.bench.run import measure_all

    address = urlsplit(stack.url)
    bench = Bench(
        stack,
        Meter((stack.children["web"].pid,), (postgres.pid, stack.children["valkey"].pid)),
        address.hostname or "",
        address.port or 0,
    )
    rows = measure_all(bench, only)
    yard = bench.yardstick
    about = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - begun),
        "machine": {
            "cores": psutil.cpu_count(),
            "load": os.getloadavg()[0],
            "python": platform.python_version(),
        },
        "yardstick": {
            "what": "a view with SELECT 1 behind the full middleware, with a signed-in session",
            "requests": len(yard.wall),
            "wall_p50_ms": round(yard.wall_ms(50), 2),
            "wall_p95_ms": round(yard.wall_ms(95), 2),
            "cpu_ms": round(yard.cpu_ms, 2),
        }
        if yard.wall
        else None,
    }
    sys.stdout.write(f"{report.heading(about)}\n{report.table(rows)}\n")
    if path := os.environ.get("BENCH_JSON"):
        Path(path).write_text(report.as_json(rows, about) + "\n", encoding="utf-8")
    return report.exit_code(rows)


if __name__ == "__main__":
    sys.exit(main(set(sys.argv[1:])))
