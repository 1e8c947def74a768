"""The hostile corpus through the real marking: every outcome as reasoned, and nothing of it ever runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from grader.expression import Unreadable, read
from grader.job import Job, Outcome
from grader.marking import mark
from tests.grader.hostile import NAMES, ROWS, Row, job_of, typed

ROOT = Path(__file__).parents[2]
GROUPS = sorted({row["group"] for row in ROWS})


def became(row: Row) -> Row:
    """What becomes of a row, in the columns of the table."""
    try:
        (box,) = mark(Job.model_validate(job_of(row))).boxes
    except ValidationError:
        return {"refused": True}
    if box.outcome is Outcome.UNREADABLE:
        return {"error": box.code}
    return {"outcome": box.outcome.value} | ({"code": box.code} if box.code else {})


def is_as_reasoned(row: Row, found: Row) -> bool:
    """Whether it is what the row says; one that is hard to decide may be undecided."""
    if found.get("outcome") == row.get("or", ""):
        return True
    return found == {key: row[key] for key in ("error", "outcome", "code", "refused") if key in row}


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_typed_becomes_what_was_reasoned(group: str) -> None:
    found = [(row, became(row)) for row in ROWS if row["group"] == group]

    assert [(ascii(row), seen) for row, seen in found if not is_as_reasoned(row, seen)] == []


def test_the_corpus_is_large_and_says_no_text_twice() -> None:
    asked = {(typed(row), str(row.get("names")), row.get("reference")) for row in ROWS}

    assert len(asked) == len(ROWS) > 1000
    assert all(len({"error", "outcome", "refused"} & row.keys()) == 1 for row in ROWS)


def test_the_reader_itself_refuses_half_characters_too() -> None:
    for row in ROWS:
        if row.get("refused") and "times" not in row:
            with pytest.raises(Unreadable) as caught:
                read(typed(row), NAMES)
            assert caught.value.code == "invisible"


def canaries(folder: Path, *arguments: str) -> dict[str, Any]:
    """What tests/grader/canaries.py has to tell, run in an empty folder."""
    command = [sys.executable, "-m", "tests.grader.canaries", *arguments]
    run = subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=True, timeout=120
    )
    told: dict[str, Any] = json.loads(run.stdout)
    return told


def test_nothing_that_is_typed_ever_runs(tmp_path: Path) -> None:
    assert canaries(tmp_path) == {"heard": [], "files": [], "marks": []}


def test_the_canaries_sing_when_it_does_run(tmp_path: Path) -> None:
    told = canaries(tmp_path, "--run")

    assert set(told["heard"]) >= {"compile", "exec", "import", "open", "os.system", "subprocess.Popen"}
    assert (told["files"], told["marks"]) == (["canary"], ["environment", "builtins"])
