"""The official files: the samples beside the checkout, and what wheels carry."""

import gzip
import os
from importlib.util import find_spec
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "shared" / "data"


def sample_path(name: str) -> Path:
    """Where a sample lies, by folder and name. Without it a test skips, and fails where CI is set."""
    path = SAMPLES / name
    if not path.exists():
        assert os.environ.get("CI") != "true", f"the official samples are missing: {path}"
        pytest.skip(f"the official samples are not beside this checkout: {path}")
    return path


def sample(name: str) -> bytes:
    """The bytes of a sample, unpacked."""
    path = sample_path(name)
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def wheel_file(package: str, name: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "data" / name
