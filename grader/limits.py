"""The second fence: what a process that marks may use, whatever a job makes it do.

The first fence is the bounds that are checked before the work (``grader.language``, ``grader.budget``); with
them a job takes milliseconds and a few megabytes. Here is what holds if one of them has a hole.

soft limit   seconds after which Python is interrupted: the job is *failed*, at once
hard limit   seconds after which the worker kills the process, C code too; the sweeper sends the job again
processor    seconds of one job after which the kernel kills the process: also if no worker is left to do it
memory       what a process may have for itself; more is a MemoryError, and the job is *failed*

Memory is limited as RLIMIT_DATA: what a job allocates counts, in the heap and beside it. RLIMIT_AS would
count addresses that are only reserved and libraries that are only mapped, and those differ with the machine.
"""

from __future__ import annotations

import resource
import time
from math import ceil

SOFT_SECONDS, HARD_SECONDS = 5, 10
CPU_SECONDS = 20  # more than HARD_SECONDS, so that the worker, who can tell of it, comes first
MEGABYTES = 384  # a process that marks has 60 of its own
REPLACED_AT = 300  # megabytes that a process has ever had; after its job a new one takes its place


def limit_process(megabytes: int = MEGABYTES) -> None:
    """Limit the memory of this process for good, and let it leave no core file."""
    _lower(resource.RLIMIT_DATA, megabytes << 20)
    _lower(resource.RLIMIT_CORE, 0)


def limit_job(seconds: int = CPU_SECONDS) -> None:
    """Give this process so much processor time from now on; SIGXCPU ends it then."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = ceil(time.process_time()) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (_least(most, hard), hard))


def _lower(which: int, most: int) -> None:
    _, hard = resource.getrlimit(which)
    resource.setrlimit(which, (_least(most, hard), _least(most, hard)))


def _least(most: int, hard: int) -> int:
    """What the machine's own limit leaves of ``most``."""
    return most if hard == resource.RLIM_INFINITY else min(most, hard)
