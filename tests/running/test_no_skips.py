"""In CI a test that would be skipped fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "test_mark.py": "import pytest\n@pytest.mark.skip(reason='no server')\ndef test_it(): pass\n",
    "test_call.py": "import pytest\ndef test_it(): pytest.skip('no server')\n",
    "test_file.py": "import pytest\npytest.skip('no server', allow_module_level=True)\n",
    "test_fixture.py": "import pytest\n@pytest.fixture\ndef server(): pytest.skip('no server')\n"
    "def test_it(server): pass\n",
    "test_expected.py": "import pytest\n@pytest.mark.xfail\ndef test_it(): assert False\n",
}


def _outcome(folder: Path, *arguments: str) -> str:
    """The report of a run of the files above."""
    for name, code in FILES.items():
        (folder / name).write_text(code)
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:django", "-p", "no:cacheprovider", *arguments]
    command += ["--continue-on-collection-errors", "-c", str(folder / "pytest.ini"), str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def test_every_sort_of_skip_fails_with_its_reason_and_an_expected_failure_does_not(tmp_path: Path) -> None:
    report = _outcome(tmp_path, "-p", "tests.no_skips")
    assert report.count("not allowed here: ") >= 4
    assert "no server" in report
    assert "skipped" not in report.splitlines()[-1]
    assert "1 xfailed" in report.splitlines()[-1]


def test_without_the_plugin_a_skip_is_a_skip(tmp_path: Path) -> None:
    assert "4 skipped, 1 xfailed" in _outcome(tmp_path)
