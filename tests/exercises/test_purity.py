"""What the site imports to ask questions brings neither SymPy nor Django."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("modules", "absent"),
    [
        ("exercises.steps, exercises.variants, exercises.published, exercises.bank", ("sympy", "django")),
        ("exercises.publishing, exercises.__main__", ("django",)),
        ("exercises.sketch, exercises.findings", ("django",)),
        ("exercises.tasks, exercises.worker", ("django.conf", "django.db", "course")),  # kombu looks for more
    ],
)
def test_modules_leave_out_what_they_do_not_need(modules: str, absent: tuple[str, ...]) -> None:
    code = f"import sys, {modules}; print([name for name in {absent!r} if name in sys.modules])"
    own = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=own)

    assert found.stdout.strip() == "[]"
