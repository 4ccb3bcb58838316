"""`python -m config.local`: run Chartroom in the foreground."""

from __future__ import annotations

import os
import signal
import sys

from config.local.processes import die_with_parent
from config.local.supervisor import Supervisor

if __name__ == "__main__":
    if "--stop-with-parent" in sys.argv[1:]:
        die_with_parent(signal.SIGTERM)  # make, killed, must not leave a Chartroom that nobody can see
    sys.exit(Supervisor(dict(os.environ)).run())
