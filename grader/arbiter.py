"""The slow second opinion on what ``equivalence`` leaves undecided: SymPy, in a child process with limits.

Nothing that a student waits for calls it: ``python -m grader settle`` does, for a person. What SymPy cannot
settle within the limits stays undecided.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from math import ceil
from pathlib import Path

from grader.evidence import Comparison
from grader.expression import show
from grader.tree import Tree

__all__ = ["arbitrate"]

_HERE = Path(__file__).parents[1]


def arbitrate(left: Tree, right: Tree, variables: Sequence[str], seconds: float) -> Comparison:
    """SymPy's verdict on two trees, found in a child process within ``seconds``."""
    request = json.dumps({"left": show(left), "right": show(right), "variables": list(variables)})
    try:
        child = subprocess.run(  # noqa: S603  our own module, and no text in the command
            [sys.executable, "-m", "grader.opinion", str(ceil(seconds))],
            input=request,
            capture_output=True,
            cwd=_HERE,
            env={},  # the child needs no secret
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Comparison("undecided", f"SymPy did not finish within {seconds:g} s")
    if child.returncode != 0:
        return Comparison("undecided", "SymPy gave up")
    return Comparison(json.loads(child.stdout)["verdict"], "SymPy")
