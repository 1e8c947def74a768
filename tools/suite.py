"""Runs the test suite: all of it on SQLite, then what touches the database again on PostgreSQL.

Installs Chromium, PostgreSQL and Redis from Debian where it may. What cannot run is named with the reason;
with ``CI=true`` nothing may be missing and no test may be skipped.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from tools import servers

# Settings of a site that this shell may know of: the tests have their own.
FOREIGN = ("SECRET_KEY", "DATABASE_URL", "ALLOWED_HOSTS", "DEMO", "DEBUG", "HTTPS", "WEB_THREADS", "PORT")
ON_POSTGRESQL = ("tests/course", "tests/faults")


def main(arguments: list[str]) -> int:
    """Exit status: 0 when everything that could run has passed."""
    missing = servers.install(["chromium", "redis-server", "initdb"])
    for program, reason in missing.items():
        print(f"SKIPPED: tests that need {program}: {reason}", flush=True)
    strict = os.environ.get("CI") == "true"
    if missing and strict:
        print("With CI=true nothing may be skipped.", flush=True)
        return 1
    with ExitStack() as running:
        environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        environment["DATA_DIR"] = running.enter_context(TemporaryDirectory(prefix="backprop-test-"))
        if "redis-server" not in missing:
            environment["REDIS_URL"] = running.enter_context(servers.redis()) + "/0"
        status = _pytest(environment, arguments or ["tests"], strict)
        if arguments or "initdb" in missing:
            return status
        print("\nThe same on PostgreSQL:", flush=True)
        environment["DATABASE_URL"] = running.enter_context(servers.postgresql())
        folders = [folder for folder in ON_POSTGRESQL if Path(folder).is_dir()]
        return _pytest(environment, folders, strict) or status


def _pytest(environment: dict[str, str], arguments: list[str], strict: bool) -> int:
    plugin = ["-p", "tests.no_skips"] if strict else []
    command = [sys.executable, "-m", "pytest", "-n", "auto", "-q", *plugin, *arguments]
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
