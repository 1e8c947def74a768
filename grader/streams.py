"""Standard output as a command needs it: a reader who has seen enough, as ``head`` has, is no error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

CUT_SHORT = 141  # as a shell reports a program that SIGPIPE has ended


def to_reader(command: Callable[[], int]) -> int:
    """What ``command`` returns, its output written out; CUT_SHORT if nobody reads that to its end."""
    try:
        status = command()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that the last flush is quiet
        return CUT_SHORT
    return status
