"""What is vendored is what its README says: version, licence, checksum."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "course" / "static" / "vendor"


def test_every_vendored_module_has_the_checksum_and_licence_that_its_readme_names() -> None:
    folders = [path for path in VENDOR.iterdir() if path.is_dir()]
    assert folders
    for folder in folders:
        told = dict(re.findall(r"sha256 of `([^`]+)`: `([0-9a-f]{64})`", (folder / "README.md").read_text()))
        assert told
        for name, digest in told.items():
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        assert (folder / "LICENSE").read_text().startswith("MIT License")
