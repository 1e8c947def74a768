"""The grader from the command line: JSON lines in, JSON lines out, one for one.

``python -m grader compare``   student and reference expression -> verdict
``python -m grader mark``      job -> verdict
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO, TextIO

from pydantic import ValidationError

from grader.comparing import compare_line
from grader.job import Job
from grader.marking import JobError, mark

_LONGEST = 1 << 20  # bytes of a line that is read; the rest of a longer one is left out
_USAGE = "usage: python -m grader {compare|mark} < JSON lines"


def main(arguments: Sequence[str], source: BinaryIO, sink: TextIO) -> int:
    """Answer every line of ``source``; 2 where the command is not known."""
    command = _COMMANDS.get(arguments[0]) if len(arguments) == 1 else None
    if command is None:
        print(_USAGE, file=sys.stderr)
        return 2
    for line in _lines(source):
        sink.write(command(line) + "\n")
        sink.flush()
    return 0


def _mark_line(line: str) -> str:
    start = time.perf_counter_ns()
    try:
        verdict = mark(Job.model_validate_json(line))
    except (ValidationError, JobError) as error:
        return json.dumps({"error": str(error)})
    spent = (time.perf_counter_ns() - start) // 1000
    return verdict.model_copy(update={"microseconds": spent}).model_dump_json()


def _lines(source: BinaryIO) -> Iterator[str]:
    """The lines, each cut at a bound; bytes that are not UTF-8 are replaced."""
    while line := source.readline(_LONGEST):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = source.readline(_LONGEST)
        yield line.decode("utf-8", errors="replace")


_COMMANDS: Mapping[str, Callable[[str], str]] = {"compare": compare_line, "mark": _mark_line}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdin.buffer, sys.stdout))
