"""docker-compose.yml runs what is tested here: the same programs, arguments and variables."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from config import env, open_files
from config.local import application

ROOT = Path(__file__).parents[2]
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "chartroom"}


def _without_bind(arguments: list[str]) -> list[str]:
    where = arguments.index("--bind")
    return arguments[:where] + arguments[where + 2 :]


def test_the_services_are_those_of_a_deployment():
    assert set(SERVICES) == {"postgres", "redis", "prepare", "web", "timers", "work", "beat"}


def test_web_runs_as_in_the_demonstration():
    command = SERVICES["web"]["command"]
    assert command[:2] == ["python", "-m"]
    assert _without_bind(command[2:]) == _without_bind(application.web_arguments(3))


def test_a_web_process_may_open_more_files_than_it_takes_connections():
    arguments = application.web_arguments(3)
    assert int(arguments[arguments.index("--worker-connections") + 1]) < open_files.WEB


@pytest.mark.parametrize("queue", ["timers", "work"])
def test_workers_run_as_in_the_demonstration(queue):
    assert SERVICES[queue]["command"] == ["python", "-m", *application.worker_arguments(queue)]


def test_beat_runs_as_in_the_demonstration():
    assert SERVICES["beat"]["command"] == ["python", "-m", *application.beat_arguments(Path("/data"))]


def test_every_command_and_module_exists():
    words = [word for service in OURS.values() for word in service["command"]]
    commands = re.findall(r"manage\.py (\w+)", " ".join(words))
    assert commands == ["migrate", "collectstatic"]
    assert set(commands) <= set(get_commands())
    modules = {
        service["command"][2] for service in OURS.values() if service["command"][:2] == ["python", "-m"]
    }
    assert modules == {"gunicorn", "celery"}
    assert all(find_spec(module) for module in modules)


def test_every_variable_is_one_that_the_settings_read_and_the_readme_explains():
    given = {name for service in OURS.values() for name in service["environment"]}
    assert given <= set(env.VARIABLES)
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    readme = (ROOT / "README.md").read_text()
    assert {name for name in asked if f"`{name}`" not in readme} == set()


def test_every_service_says_whether_it_is_well_and_none_holds_a_secret():
    without_check = {name for name, service in SERVICES.items() if "healthcheck" not in service}
    assert without_check == {"prepare"}
    secrets = [
        value
        for service in SERVICES.values()
        for name, value in service.get("environment", {}).items()
        if re.search("SECRET|PASSWORD|DATABASE_URL", name)
    ]
    assert secrets
    assert all("${" in value for value in secrets)


def test_the_image_runs_as_an_ordinary_user():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER chartroom"]
