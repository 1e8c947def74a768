"""Which engines there are, how each is started and asked, and why one is not there."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.accuracy.writing import ANSWERS, EDX, KAS, LATEX, MAXIMA, PYTHON, Dialect

HERE = Path(__file__).parent
FOLDER = Path(sys.prefix) / "peers"  # of `make peers`
PEERS_PYTHON = FOLDER / "bin" / "python"
MODULES = FOLDER / "node_modules"

Request = Callable[[str, str, list[str]], str]


@dataclass(frozen=True, slots=True)
class Engine:
    """``dialect``: how it wants terms to be written; ``request``: the line that asks for two texts.

    Its answer is a line ``{"verdict": "equal" | "different" | anything else}``. ``needs``: a file or program
    without which it cannot run, and ``otherwise`` what to do about it.
    """

    name: str
    command: tuple[str, ...]
    dialect: Dialect
    needs: str = ""
    otherwise: str = "run `make peers`"
    request: Request = lambda left, right, names: json.dumps(
        {"student": left, "reference": right, "variables": names}
    )
    environment: Mapping[str, str] = field(default_factory=dict)
    prelude: str = ""  # to begin with

    @property
    def absent(self) -> str | None:
        """Why it cannot run; None if it can."""
        found = Path(self.needs).exists() or shutil.which(self.needs)
        return None if found or not self.needs else f"not installed: {self.otherwise}"


def _maxima(left: str, right: str, _names: list[str]) -> str:
    return f"check({json.dumps(left)}, {json.dumps(right)})$"


OURS = Engine("ours", (sys.executable, "-m", "grader", "compare"), ANSWERS)
SYMPY_EQUALS = Engine("SymPy equals", (sys.executable, str(HERE / "sympy_peer.py"), "equals"), PYTHON)
SYMPY_SIMPLIFY = Engine("SymPy simplify", (sys.executable, str(HERE / "sympy_peer.py"), "simplify"), PYTHON)
MATH_VERIFY = Engine(
    "Math-Verify",
    (str(PEERS_PYTHON), str(HERE / "math_verify_peer.py")),
    LATEX,
    needs=str(PEERS_PYTHON),
)
EDX_CALC = Engine(
    "Open edX calc", (str(PEERS_PYTHON), str(HERE / "edx_peer.py")), EDX, needs=str(PEERS_PYTHON)
)
KHAN = Engine(
    "Khan KAS",
    ("node", str(HERE / "kas_peer.js")),
    KAS,
    needs=str(MODULES / "@khanacademy" / "kas"),
    environment={"NODE_PATH": str(MODULES)},
)
MAXIMA_PIPE = Engine(
    "Maxima",
    ("maxima", "--very-quiet"),
    MAXIMA,
    needs="maxima",
    otherwise="install Maxima",
    request=_maxima,
    prelude=f"load({json.dumps(str(HERE / 'maxima_peer.mac'))})$\n",
)
PEERS = (SYMPY_EQUALS, SYMPY_SIMPLIFY, MATH_VERIFY, EDX_CALC, KHAN, MAXIMA_PIPE)

# Named in GRADING.md, but in none of the package registries, so nothing here can run them.
OUT_OF_REACH = {
    "mitx-grading-library": "in no package registry; Open edX calc, its parser's ancestor, stands in",
    "PrairieLearn": "in no package registry; SymPy equals is its way of comparing",
    "STACK": "in no package registry; Maxima is what it asks",
    "WeBWorK": "in no package registry",
    "Numbas": "in no package registry",
}


def absent(*, full: bool = True) -> dict[str, str]:
    """Every peer that is not run, and why."""
    if not full:
        return {peer.name: "only in the full part" for peer in PEERS} | OUT_OF_REACH
    return {peer.name: peer.absent for peer in PEERS if peer.absent} | OUT_OF_REACH
