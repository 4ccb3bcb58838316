import os
from pathlib import Path

from config.local import checks


def test_a_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    old_umask = os.umask(0)
    try:
        secret = checks.ensure_secret(file, 50)
    finally:
        os.umask(old_umask)
    assert len(secret) >= 50
    assert file.stat().st_mode & 0o777 == 0o600
    assert checks.ensure_secret(file, 50) == secret
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret_key"]


def test_an_empty_secret_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    file.touch()  # what a disk that was full has left
    assert checks.ensure_secret(file, 50) == file.read_text().strip() != ""


def test_the_data_folder_is_absolute_wherever_it_was_named(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert checks.read_data_dir({"DATA_DIR": "my data"}) == tmp_path / "my data"
    assert checks.read_data_dir({"DATA_DIR": ""}) == checks.paths.default_data_dir()
    assert checks.read_port({}) == checks.read_port({"PORT": ""}) == 8000
