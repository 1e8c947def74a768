"""CPU time of this thread and of the process groups that we started."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path


def cpu(work: Callable[[], object], times: int = 1) -> float:
    """Milliseconds of this thread's CPU time for one run of ``work``, the mean of several."""
    start = time.thread_time_ns()
    for _ in range(times):
        work()
    return (time.thread_time_ns() - start) / times / 1e6


def group_cpu(leader: int) -> float:
    """Milliseconds of CPU that the living processes of a session have used, and their dead children."""
    return sum(map(_of_folder, _session(leader)))


def process_cpu(pid: int) -> float:
    """Milliseconds of CPU that one process has used, all its threads, and its dead children."""
    return _of_folder(Path("/proc") / str(pid))


def process_memory(pid: int) -> int:
    """Bytes of memory that a process holds now; 0 if it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _session(leader: int) -> list[Path]:
    processes = (folder for folder in Path("/proc").iterdir() if folder.name.isdigit())
    return [folder for folder in processes if _stat(folder)[3:4] == [str(leader)]]


def _of_folder(folder: Path) -> float:
    """Exact for the living threads; in steps of a clock tick for children that have ended."""
    try:
        living = sum(int(file.read_text().split()[0]) for file in folder.glob("task/*/schedstat"))
    except (FileNotFoundError, ProcessLookupError):
        living = 0
    ended = sum(int(ticks) for ticks in _stat(folder)[13:15])
    return living / 1e6 + ended * 1000 / os.sysconf("SC_CLK_TCK")


def _stat(folder: Path) -> list[str]:
    """/proc/PID/stat after the name: field 3 is the session, 13 and 14 the CPU of children."""
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
