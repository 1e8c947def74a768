"""What a command does when nobody reads its output to the end."""

import sys
from pathlib import Path

import pytest

from grader.streams import CUT_SHORT, to_reader


def cut() -> int:
    raise BrokenPipeError


def test_a_cut_pipe_ends_a_command_quietly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "out").open("w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert to_reader(cut) == CUT_SHORT
        print("too late", flush=True)
    assert (tmp_path / "out").read_text() == ""


def test_a_command_that_is_read_to_its_end_keeps_its_status() -> None:
    assert to_reader(lambda: 2) == 2
