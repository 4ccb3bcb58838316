"""How many files and sockets a process may have open at once."""

import resource
from contextlib import suppress

# More than gunicorn's --worker-connections: a worker that may open no more ends, and 1,024 are usual.
WEB = 8192


def allow_open_files(count: int) -> None:
    """Raises this process's limit to `count`, as far as the system lets it; never lowers it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError):  # macOS has one more limit, which it does not tell
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
