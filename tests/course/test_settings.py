"""The environment: what is refused, and in which words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from course import environment

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "q9-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
    "DATABASE_URL": "postgres://trainer@db.example.org/trainer",
    "ALLOWED_HOSTS": "learn.example.org",
}


def manage(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with only these variables set."""
    clean = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT, env=clean | variables, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_a_production_site_passes_djangos_own_deployment_checks(tmp_path: Path) -> None:
    told = manage("check", "--deploy", "--fail-level", "WARNING", DATA_DIR=str(tmp_path), **PRODUCTION)
    assert told.returncode == 0, told.stderr


def test_a_production_site_writes_nothing_to_its_data_folder(tmp_path: Path) -> None:
    manage("check", DATA_DIR=str(tmp_path / "data"), **PRODUCTION)
    assert not (tmp_path / "data").exists()


def test_a_demo_makes_its_key_once(tmp_path: Path) -> None:
    keys = set()
    for _ in range(2):
        assert manage("check", DATA_DIR=str(tmp_path)).returncode == 0
        keys.add((tmp_path / "secret-key").read_text())
    assert len(keys) == 1
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_a_production_site_refuses_the_demos_people(tmp_path: Path) -> None:
    told = manage("demo", DATA_DIR=str(tmp_path), **PRODUCTION)
    assert (told.returncode, "known passwords" in told.stderr) == (1, True)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too weak"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is not set"),
        ({"ALLOWED_HOSTS": "https://learn.example.org"}, "ALLOWED_HOSTS holds"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS holds"),
        ({"CSRF_TRUSTED_ORIGINS": "learn.example.org"}, "CSRF_TRUSTED_ORIGINS holds"),
        ({"DATABASE_URL": "mysql://db/x"}, "DATABASE_URL must start with"),
        ({"DATABASE_URL": "postgres://db"}, "names no database"),
        ({"DATABASE_URL": "postgres://db:port/x"}, "DATABASE_URL cannot be read"),
        ({"REDIS_URL": "amqp://broker"}, "REDIS_URL must start with"),
        ({"DEBUG": "perhaps"}, "DEBUG is 'perhaps'"),
        ({"WEB_THREADS": "1"}, "WEB_THREADS is '1'"),
        ({"WEB_THREADS": "many"}, "WEB_THREADS is 'many'"),
        ({"TIME_ZONE": "Mars/X"}, "TIME_ZONE is 'Mars/X'"),
        ({"TIME_ZONE": "America"}, "TIME_ZONE is 'America'"),
        ({"TIME_ZONE": "../UTC"}, "TIME_ZONE is '../UTC'"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is 'loud'"),
        ({"SECRET_KEY": "", "DEMO": "1", "DATA_DIR": "/proc/nope"}, "DATA_DIR needs the folder /proc/nope"),
        ({"SECRET_KEY": "", "DEMO": "1", "DATA_DIR": __file__}, "File exists"),
        ({"DATABASE_URL": "sqlite:////proc/nope/x"}, "DATABASE_URL needs the folder /proc/nope"),
    ],
)
def test_nonsense_is_refused_in_words(variables: dict[str, str], words: str, tmp_path: Path) -> None:
    told = manage("check", **(PRODUCTION | {"DEMO": "0", "DATA_DIR": str(tmp_path)} | variables))
    assert told.returncode != 0
    assert words in told.stderr
    assert "Traceback" not in told.stderr


def test_yes_and_no_have_several_spellings(monkeypatch: pytest.MonkeyPatch) -> None:
    for word, meant in {"1": True, "Yes": True, "off": False, "0": False, "": True}.items():
        monkeypatch.setenv("DEBUG", word)
        assert environment.flag("DEBUG", default=True) is meant


def test_a_number_out_of_its_range_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWEEP_LEASE", "0")
    with pytest.raises(ImproperlyConfigured, match="from 1 to 3600"):
        environment.whole("SWEEP_LEASE", 15, least=1, most=3600)
