"""The settings of the demonstration, with the yardstick among the URLs."""

from config.settings import *  # noqa: F403
from config.settings import REST_FRAMEWORK

ROOT_URLCONF = "tests.bench.urls"

# Saves are measured as fast as they go: the limit is counted as ever, and never reached.
REST_FRAMEWORK = {
    **REST_FRAMEWORK,
    "DEFAULT_THROTTLE_RATES": {**REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "saves": "100000/second"},
}
