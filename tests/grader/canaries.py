"""Marks the whole hostile corpus, or with ``--run`` runs it as Python, and tells in JSON what was set off.

``heard`` holds the audit events: whatever compiles, runs, imports, opens, connects or starts a process raises
one. ``files`` are those in the working directory; ``marks`` are the traces that the payloads would leave.
"""

from __future__ import annotations

import builtins
import contextlib
import json
import os
import sys
from typing import Any

from pydantic import ValidationError

from grader.job import Job
from grader.marking import mark
from tests.grader.hostile import ROWS, job_of, typed

QUIET = frozenset({"sys._getframe", "object.__getattr__", "builtins.id"})  # what dataclasses and pydantic do
HEARD: set[str] = set()


def listen(event: str, arguments: tuple[Any, ...]) -> None:
    """The audit hook; it cannot be taken off again."""
    if event not in QUIET and not is_from_flint(event, arguments):
        HEARD.add(event)


def is_from_flint(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether Cython makes the frame of a division by zero, always from the same eleven letters."""
    is_frame = (event == "compile" and arguments[0] == b"_getframe()") or event == "code.__new__"
    return is_frame and str(arguments[1]).startswith("flint/")


def marked(text: dict[str, Any]) -> None:
    """The path of a job in the worker."""
    with contextlib.suppress(ValidationError):
        mark(Job.model_validate(job_of(text)))


def run(text: dict[str, Any]) -> None:
    """What must never happen to what is typed."""
    if "canary" in text["text"] or "CANARY" in text["text"]:
        with contextlib.suppress(Exception):
            eval(typed(text))  # the control: canaries that cannot sing prove nothing


def main(arguments: list[str]) -> None:
    """Warm up, listen, go through the corpus, tell."""
    step = run if arguments == ["--run"] else marked
    for row in ROWS[:: len(ROWS) // 50]:
        marked(row)
    sys.addaudithook(listen)
    for row in ROWS:
        step(row)
    heard = sorted(HEARD)
    marks = ["environment"] * ("CANARY" in os.environ) + ["builtins"] * hasattr(builtins, "CANARY")
    print(json.dumps({"heard": heard, "files": sorted(os.listdir()), "marks": marks}))


if __name__ == "__main__":
    main(sys.argv[1:])
