import subprocess
import sys

import pytest

LIMITS = """
import resource, sys
from config.open_files import allow_open_files

soft, hard, count = (int(word) for word in sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
allow_open_files(count)
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("soft", "count", "becomes"),
    [(256, 400, 400), (256, 9000, 500), (256, 100, 256)],
    ids=["raised", "up to the hard limit", "never lowered"],
)
def test_a_process_may_open_what_it_asks_for_within_the_hard_limit(soft, count, becomes):
    asked = [sys.executable, "-c", LIMITS, str(soft), "500", str(count)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(becomes), "500"]
