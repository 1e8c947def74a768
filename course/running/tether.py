"""``python tether.py PARENT program arguments ...`` becomes that program, and ends when its parent ends.

On Linux the kernel sends SIGTERM when the process ``PARENT`` dies, even by SIGKILL. Elsewhere a program
outlives a supervisor that was killed outright; every other end of the supervisor stops it everywhere.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(parent: int, command: list[str]) -> None:
    """Never returns: the program takes this process over."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit("the process that wanted this program is gone")
    os.execv(command[0], command)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
