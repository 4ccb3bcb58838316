"""What holds for the whole house: the driver, the assets, the lock files, the migrations, the top level."""

import hashlib
import json
import re
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("requirements*.txt"))
ASSETS = json.loads((ROOT / "static" / "assets.lock.json").read_text())


def test_the_driver_is_psycopg2(db):
    connection.ensure_connection()
    assert type(connection.connection).__module__.startswith("psycopg2.")
    assert find_spec("psycopg") is None


@pytest.mark.parametrize("asset", ASSETS, ids=lambda asset: asset["file"])
def test_a_third_party_asset_is_the_one_that_was_looked_at(asset):
    package = find_spec(asset["module"])
    assert package is not None
    assert package.submodule_search_locations
    file = Path(package.submodule_search_locations[0]) / asset["file"]
    assert version(asset["package"]) == asset["package_version"]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == asset["sha256"]


def test_no_third_party_script_lies_in_static_without_standing_in_the_lock():
    """Ours carry no licence banner; what others wrote does."""
    foreign = [
        file.name
        for file in (ROOT / "static").rglob("*.[jc]s*")
        if file.suffix in {".js", ".css"} and re.search(r"@license|Copyright|\bMIT\b", file.read_text())
    ]
    assert foreign == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_pins_exactly_and_names_no_address(lock):
    lines = [line for line in lock.read_text().splitlines() if line and not line.startswith("#")]
    assert lines
    assert [line for line in lines if not re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\d", line)] == []
    assert "://" not in lock.read_text()


def test_both_lock_files_agree():
    pins = [dict(line.split(" ")[0].split("==") for line in lock.read_text().splitlines()) for lock in LOCKS]
    shared = set(pins[0]) & set(pins[1])
    assert {name for name in shared if pins[0][name] != pins[1][name]} == set()


def test_every_test_lies_where_its_lane_of_make_test_looks_for_it():
    texts = {file.relative_to(ROOT / "tests"): file.read_text() for file in (ROOT / "tests").rglob("*.py")}
    del texts[Path(__file__).relative_to(ROOT / "tests")]
    on_the_stack = {file for file, text in texts.items() if "pytest.mark.stack" in text}
    in_a_browser = {file for file, text in texts.items() if "pytest.mark.browser" in text}
    assert {file.parts[0] for file in on_the_stack} == {"browser", "flows"}
    assert {file.parts[0] for file in in_a_browser - on_the_stack} == {"browser"}


def test_every_direct_dependency_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text()
    blocks = re.findall(r"^(?:dependencies|demo|dev) = \[\n(.*?)^\]", text, re.S | re.M)
    lines = [line for block in blocks for line in block.splitlines() if line.strip().startswith('"')]
    assert len(lines) > 20
    assert [line for line in lines if not re.search(r",\s+# \w", line)] == []


def test_migrations_are_complete(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_dark_scheme_stands_twice_and_is_the_same():
    text = (ROOT / "static" / "css" / "tokens.css").read_text()
    blocks = re.findall(r"color-scheme: dark;(.*?)\}", text, re.S)
    assert len(blocks) == 2
    assert blocks[0].split() == blocks[1].split()


def test_the_top_level_is_the_agreed_one():
    agreed = {
        *("manage.py", "pyproject.toml", "README.md", "LICENSE", "NOTICE", "Makefile", "Dockerfile"),
        *("docker-compose.yml", "requirements.txt", "requirements-dev.txt"),
        *("config", "accounts", "codesets", "quizzes", "courses", "templates", "static", "tests"),
    }
    tracked = subprocess.run(
        ["git", "ls-tree", "--name-only", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert {name for name in tracked if not name.startswith(".")} <= agreed
