"""Every check that needs no test: runs them all, shows what fails, and ends with the list of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time

PYTHON = (sys.executable, "-m")
MANAGE = (sys.executable, "-W", "error", "manage.py")

CHECKS: dict[str, tuple[str, ...]] = {
    "lint": (*PYTHON, "ruff", "check", "--quiet", "."),
    "format": (*PYTHON, "ruff", "format", "--check", "--quiet", "."),
    "floors": ("lint-imports", "--no-logo"),
    "types": (*PYTHON, "mypy", "course", "exercises", "grader", "tools", "bench"),
    "templates": (*PYTHON, "djlint", "course/templates", "--lint", "--quiet"),
    "migrations": (*MANAGE, "makemigrations", "--check", "--dry-run"),
    "deployment": (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"),
}

PRODUCTION = {
    "SECRET_KEY": "only-for-this-check-" + "0123456789abcdefghij" * 3,
    "DATABASE_URL": "postgres://trainer@db.example.org/trainer",
    "REDIS_URL": "redis://broker.example.org:6379/0",
    "ALLOWED_HOSTS": "trainer.example.org",
}


def main() -> int:
    """Exit status: 0 when every check passes."""
    failed = [name for name, command in CHECKS.items() if not _passes(name, command)]
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed", flush=True)
    return bool(failed)


def _passes(name: str, command: tuple[str, ...]) -> bool:
    beside = os.path.dirname(sys.executable) + os.pathsep + os.environ.get("PATH", "")
    environment = {**os.environ, "PATH": beside, **(PRODUCTION if name == "deployment" else {})}
    start = time.monotonic()
    run = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    verdict = "ok" if run.returncode == 0 else "FAILED"
    print(f"{name:12}{verdict:8}{time.monotonic() - start:5.1f} s", flush=True)
    if run.returncode:
        sys.stdout.buffer.write(run.stdout)
        sys.stdout.flush()
    return run.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
