"""The instruments of the lab: what each shows of a loop, as a small table of printed numbers.

Legend
------
loss       against the target that is meant, worked out outside of the loop
printed    the loss that the loop itself reports
yhat       the predictions
check-k    numeric check in step k: the code's gradient by what a nudge of each weight says
units-k    of each unit in step k: what goes in, what comes out, and the slope there
weights-k  before and after step k
half       the loss if alpha were half as large
gradient-w the code's gradient by one weight, step by step
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from exercises.debugging.roles import argument
from exercises.debugging.trainer import Run, Step
from exercises.prose import printed
from grader.network import Network

COSTS: Mapping[str, int] = {
    "loss": 1,
    "printed": 1,
    "yhat": 1,
    "check": 2,
    "units": 1,
    "weights": 1,
    "half": 2,
    "gradient": 1,
}
DECIMALS, SHARE = 4, 3  # of values, of ratios
FAINT, HUGE = 0.001, 10_000.0
NOTHING = 1e-9  # a central difference below this is 0: rounding alone makes as much
STEPS_OF_GRADIENT = 4
BOTH_ZERO, NO_SHARE, NO_NUMBER = "0/0", "-", "no number"


@dataclass(frozen=True, slots=True)
class Reading:
    """What an instrument showed: a row a step, a weight or a unit. ``heads``: ids of words, or names."""

    instrument: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, head: str) -> dict[str, str]:
        """One column, by the first cell of its rows."""
        at = self.heads.index(head)
        return {row[0]: row[at] for row in self.rows}


@dataclass(frozen=True, slots=True)
class Lab:
    """A loop that can be looked into; ``half``: the same loop with half its alpha."""

    network: Network
    run: Run
    half: Run

    def read(self, instrument: str) -> Reading:
        """What ``instrument`` shows; raises KeyError for one that this lab does not have."""
        if instrument not in instruments(self.network):
            raise KeyError(instrument)
        kind, _, which = instrument.partition("-")
        return READERS[kind](self, instrument, which)


def instruments(network: Network) -> tuple[str, ...]:
    """The instruments for a network, in the order in which they are offered."""
    return (*TRIAGE, "half", *(f"gradient-{weight}" for weight in network.weights))


def cost(instrument: str, costs: Mapping[str, int] = {}) -> int:
    """What an instrument takes from the budget; ``costs``: what an exercise says otherwise, by kind."""
    kind = instrument.partition("-")[0]
    return costs.get(kind, COSTS[kind])


TRIAGE = ("loss", "printed", "check-0", "units-0", "weights-0", "check-1", "yhat")


def number(value: float) -> str:
    """A value to four decimals; a small one, and a very large one, by its size."""
    if not isfinite(value):
        return NO_NUMBER
    if abs(value) < NOTHING:
        return "0"
    if abs(value) < FAINT or abs(value) >= HUGE:
        digits, _, power = f"{value:.1e}".partition("e")
        return f"{digits}e{int(power)}"
    return printed(value, DECIMALS)


def fixed(value: float) -> str:
    """A loss: always four decimals, so that a small one is seen to be small."""
    return number(value) if abs(value) >= HUGE or not isfinite(value) else f"{value:.{DECIMALS}f}"


def share(code: float, central: float) -> str:
    """The code's gradient by the numeric one, to three decimals."""
    if abs(central) < NOTHING:
        return BOTH_ZERO if abs(code) < NOTHING else NO_SHARE
    return f"{code / central:.{SHARE}f}".replace("-0.000", "0.000")


def _per_step(lab: Lab, instrument: str, heads: Sequence[str], cells: Callable[[Step], list[str]]) -> Reading:
    run = lab.half if instrument == "half" else lab.run
    rows = tuple((str(at), *cells(step)) for at, step in enumerate(run))
    return Reading(instrument, ("step", *heads), rows)


def _loss(lab: Lab, instrument: str, which: str) -> Reading:
    return _per_step(lab, instrument, ("loss",), lambda step: [fixed(step.loss)])


def _printed(lab: Lab, instrument: str, which: str) -> Reading:
    return _per_step(lab, instrument, ("printed",), lambda step: [fixed(step.printed)])


def _yhat(lab: Lab, instrument: str, which: str) -> Reading:
    names = lab.network.predictions
    return _per_step(lab, instrument, names, lambda step: [number(step.values[name]) for name in names])


def _gradient(lab: Lab, instrument: str, which: str) -> Reading:
    found = _per_step(lab, instrument, ("code",), lambda step: [number(step.gradient[which])])
    return Reading(instrument, found.heads, found.rows[:STEPS_OF_GRADIENT])


def _check(lab: Lab, instrument: str, which: str) -> Reading:
    step = lab.run[int(which)]
    rows = tuple(
        (name, number(code), number(step.central[name]), share(code, step.central[name]))
        for name, code in step.gradient.items()
    )
    return Reading(instrument, ("weight", "code", "numeric", "ratio"), rows)


def _units(lab: Lab, instrument: str, which: str) -> Reading:
    step = lab.run[int(which)]
    inner = ((unit, argument(lab.network, unit) or "") for unit in step.slopes)
    rows = tuple(
        (unit, number(step.values[name]), number(step.values[unit]), number(step.slopes[unit]))
        for unit, name in inner
    )
    return Reading(instrument, ("unit", "in", "out", "slope"), rows)


def _weights(lab: Lab, instrument: str, which: str) -> Reading:
    step = lab.run[int(which)]
    rows = tuple((name, number(step.values[name]), number(after)) for name, after in step.after.items())
    return Reading(instrument, ("weight", "before", "after"), rows)


READERS: Mapping[str, Callable[[Lab, str, str], Reading]] = {
    "loss": _loss,
    "half": _loss,
    "printed": _printed,
    "yhat": _yhat,
    "gradient": _gradient,
    "check": _check,
    "units": _units,
    "weights": _weights,
}
