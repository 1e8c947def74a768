"""The grader from the command line: JSON lines in, JSON lines out, one for one.

``python -m grader compare``   student and reference expression -> verdict
``python -m grader mark``      job -> verdict
``python -m grader settle``    as compare, then asks SymPy about what is undecided: up to 30 s a line
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO, TextIO

from pydantic import ValidationError

from grader.comparing import compare_line, settle_line
from grader.job import Job
from grader.marking import JobError, mark
from grader.refusing import refusal
from grader.streams import to_reader
from grader.wording import sentence

log = logging.getLogger(__name__)

_LONGEST = 1 << 20  # bytes of a line that is read; the rest of a longer one is left out
_LONGEST_JOB = 200_000  # characters; the bank's jobs have 600 to 4,500
_ERROR = '{"error": '  # how the answer to a job that was not marked begins
_USAGE = "usage: python -m grader {compare|mark|settle} < JSON lines"


def main(arguments: Sequence[str], source: BinaryIO, sink: TextIO) -> int:
    """Answer every line of ``source``; 1 if a job could not be marked, 2 where the command is not known."""
    command = _COMMANDS.get(arguments[0]) if len(arguments) == 1 else None
    if command is None:
        print(_USAGE, file=sys.stderr)
        return 2
    status = 0
    for line in _lines(source):
        answer = command(line)
        if answer.startswith(_ERROR):
            status = 1
        sink.write(answer + "\n")
        sink.flush()
    return status


def _mark_line(line: str) -> str:
    start = time.perf_counter_ns()
    if len(line) > _LONGEST_JOB:
        return json.dumps({"error": sentence("job-long", {"limit": str(_LONGEST_JOB)})})
    try:
        verdict = mark(Job.model_validate_json(line))
    except ValidationError as error:
        return json.dumps({"error": refusal(error)})
    except JobError as error:
        return json.dumps({"error": str(error)})
    except Exception as error:  # the one logged boundary of this process: the next line goes on
        log.exception("A job could not be marked.")
        return json.dumps({"error": sentence("job-fault", {"name": type(error).__name__})})
    spent = (time.perf_counter_ns() - start) // 1000
    return verdict.model_copy(update={"microseconds": spent}).model_dump_json()


def _lines(source: BinaryIO) -> Iterator[str]:
    """The lines, each cut at a bound; bytes that are not UTF-8 are replaced."""
    while line := source.readline(_LONGEST):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = source.readline(_LONGEST)
        yield line.decode("utf-8", errors="replace")


_COMMANDS: Mapping[str, Callable[[str], str]] = {
    "compare": compare_line,
    "mark": _mark_line,
    "settle": settle_line,
}

if __name__ == "__main__":
    sys.exit(to_reader(lambda: main(sys.argv[1:], sys.stdin.buffer, sys.stdout)))
