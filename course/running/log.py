"""The log of several programs in one stream: a line each, with the program's name and colour in front."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import cycle
from typing import TextIO

COLOURS = (36, 35, 32, 33, 34)  # ANSI: cyan, magenta, green, yellow, blue


def shower(stream: TextIO) -> Callable[[str, str], None]:
    """A function that writes one line of one program; with colours on a terminal, unless NO_COLOR is set."""
    colours = cycle(COLOURS)
    given: dict[str, int] = {}
    coloured = stream.isatty() and not os.environ.get("NO_COLOR")

    def show(name: str, line: str) -> None:
        if name not in given:
            given[name] = next(colours)
        label = f"{name:<7}|"
        label = f"\x1b[{given[name]}m{label}\x1b[0m" if coloured else label
        print(f"{label} {line}", file=stream, flush=True)

    return show
