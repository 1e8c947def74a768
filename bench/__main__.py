"""``python -m bench [--full]``: measures on scratch data and a scratch broker, both gone at the end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from tools import servers

FOREIGN = ("SECRET_KEY", "DATABASE_URL", "DEMO", "DEBUG", "HTTPS", "ALLOWED_HOSTS")


def main(arguments: list[str]) -> int:
    """The exit status of the measurement."""
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    with tempfile.TemporaryDirectory(prefix="backprop-bench-") as folder, servers.redis() as redis:
        environment |= {
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "DATA_DIR": folder,
            "REDIS_URL": f"{redis}/0",
            "LOG_LEVEL": "ERROR",
        }
        command = [sys.executable, "-m", "django", "measure", *arguments]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
