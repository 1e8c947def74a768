"""A training loop with a switch for its fault. Several faults run side by side, a row of each array a fault.

The code's gradient is the chain rule from equation to equation, with the derivatives that the fault makes of
the right ones. What the loop should find is a central difference of the loss, taken outside of it.

Legend
------
edge     (A, B): B stands in the equation of A; its factor is what the code takes for dA/dB
step     the loop works out gradients from the weights, then moves them; step 0 is the first
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exercises.debugging.faults import BY_ID, FAULTS, HEALTHY, Fault
from exercises.debugging.roles import crossings, inputs_below, links, units
from grader import numeric
from grader.network import RATE, Network
from grader.waves import program

Array = NDArray[np.float64]
Values = dict[str, Array]
Factors = dict[tuple[str, str], Array]
STEPS = 8
NUDGE = 1e-5


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one loop. ``values``: of every name before it; ``slopes``: of each unit."""

    loss: float  # against the target that is meant
    printed: float  # what the loop says that it is
    values: dict[str, float]
    slopes: dict[str, float]
    gradient: dict[str, float]  # that the code moves by
    central: dict[str, float]  # what a nudge of each weight says
    after: dict[str, float]  # the weights


Run = tuple[Step, ...]


def fits(network: Network, fault: Fault) -> bool:
    """Whether the network has the part that this fault breaks."""
    if fault.start == "off" and len(links(network, "relu")) < 2:
        return False
    if fault.start == "fast" and len(network.predictions) > 1:
        return False
    return not fault.edges or bool(links(network, fault.edges))


def fitting(network: Network) -> tuple[str, ...]:
    """The ids of the faults that this network can have, in the order of FAULTS."""
    return tuple(fault.id for fault in FAULTS if fits(network, fault))


def train(
    network: Network, start: Mapping[str, float], faults: Sequence[str] = (HEALTHY,), steps: int = STEPS
) -> dict[str, Run]:
    """What each loop does from ``start`` (every leaf, and alpha); a start that is wrong is the caller's."""
    rows = tuple(BY_ID[name] for name in faults)
    loops = _Loops(network, rows, start)
    with np.errstate(all="ignore"):  # a loop that blows up shows it: "no number"
        found = [loops.step() for _ in range(steps)]
    return {name: tuple(_row(network, step, at) for step in found) for at, name in enumerate(faults)}


def _row(network: Network, step: dict[str, Values], at: int) -> Step:
    """One loop's part of a step of all."""
    parts = {what: {name: float(column[at]) for name, column in each.items()} for what, each in step.items()}
    return Step(
        parts["said"][network.loss],
        parts["said"]["printed"],
        parts["values"],
        *(parts[what] for what in ("slopes", "gradient", "central", "after")),
    )


class _Loops:
    """The loops on their way. ``leaves``: the numbers now; ``stored``: gradients that are not cleared."""

    def __init__(self, network: Network, faults: Sequence[Fault], start: Mapping[str, float]) -> None:
        self.network, self.faults = network, faults
        self.leaves: Values = {
            name: np.full(len(faults), float(number)) for name, number in start.items() if name != RATE
        }
        self.alpha = float(start[RATE])
        self.stored: Values = {name: np.zeros(len(faults)) for name in network.weights}
        self._first: Array | None = None
        self._keeps = self._of(lambda fault: fault.keeps)
        self._names = [(node, used) for node in network.order for used in network.uses(node)]

    def step(self) -> dict[str, Values]:
        """Work out the gradients of all loops, move their weights, and say what was seen."""
        network = self.network
        right = numeric.trace(network, self.leaves)
        seen = self._seen()
        gradient = self._gradient(seen)
        late = self._of(lambda fault: not fault.together)
        if late.any():
            moved = self._gradient(seen, {name: -self.alpha * gradient[name] for name in gradient})
            gradient = {name: np.where(late, moved[name], gradient[name]) for name in gradient}
        kept = self._of(lambda fault: not fault.cleared)
        gradient = {name: each + np.where(kept, self.stored[name], 0) for name, each in gradient.items()}
        slopes = numeric.derivatives(network, right, [f"d{unit}_d{inner}" for unit, inner in self._slopes])
        found = {
            "said": {network.loss: right.values[network.loss], "printed": seen.values[network.loss]},
            "values": dict(right.values),
            "slopes": {unit: slopes[f"d{unit}_d{inner}"] for unit, inner in self._slopes},
            "gradient": gradient,
            "central": self._central(),
        }
        self._move(gradient)
        return found | {"after": {name: self.leaves[name] for name in network.weights}}

    @property
    def _slopes(self) -> list[tuple[str, str]]:
        every = (links(self.network, role) for role in ("slope", "relu"))
        return [edge for edges in every for edge in edges]

    def _of(self, what: object) -> NDArray[np.bool_]:
        assert callable(what)
        return np.array([bool(what(fault)) for fault in self.faults])

    def _move(self, gradient: Values) -> None:
        rate = np.array([fault.move * fault.stored * self.alpha for fault in self.faults])
        self.stored = gradient
        self.leaves = self.leaves | {name: self.leaves[name] + rate * each for name, each in gradient.items()}

    def _seen(self) -> numeric.Trace:
        """The forward pass as the code has it: with its target, and the hidden values that it has kept."""
        network, wrong = self.network, self._of(lambda fault: fault.wrong_target)
        leaves = dict(self.leaves)
        for name in set(network.targets) & leaves.keys():
            leaves[name] = np.where(wrong, np.where(leaves[name] == 0, 1.0, 0.0), leaves[name])
        found = numeric.trace(network, leaves)
        if self._first is None:
            self._first = found.tape.copy()
        cached = self._of(lambda fault: fault.cached)
        rows = [program(network).rows[name] for name in _kept_names(network)]
        tape = found.tape.copy()
        kept = np.ix_(np.array(rows, dtype=int), np.flatnonzero(cached))
        tape[kept] = self._first[kept]
        return numeric.Trace(network, tape, found.more)

    def _gradient(self, seen: numeric.Trace, moved: Values | None = None) -> Values:
        """The code's gradient; ``moved``: by how much weights have moved when their units are reached."""
        network = self.network
        factors = self._factors(seen, moved or {})
        delta = {name: np.zeros(len(self.faults)) for name in (*network.order, *network.leaves)}
        delta[network.loss] = np.ones(len(self.faults))
        for node in reversed(network.order):
            for used in network.uses(node):
                way = delta[node] * factors[node, used]
                delta[used] = np.where(self._keeps, way, delta[used] + way)
        return {name: delta[name] for name in network.weights}

    def _factors(self, seen: numeric.Trace, moved: Values) -> Factors:
        """What the code takes for each derivative."""
        network = self.network
        found = numeric.derivatives(network, seen, [f"d{node}_d{used}" for node, used in self._names])
        right = {(node, used): found[f"d{node}_d{used}"] for node, used in self._names}
        taken = {edge: each.copy() for edge, each in right.items()}
        for at, fault in enumerate(self.faults):
            for edge in links(network, fault.edges) if fault.times != 1 or fault.instead else ():
                wrong = _instead(network, fault, edge, right, seen.values)
                taken[edge][at] = fault.times * wrong[at]
        for node, unit, weight in crossings(network) if moved else ():
            taken[node, unit] *= 1 + moved[weight] / self.leaves[weight]
        return taken

    def _central(self) -> Values:
        """The slope of the loss by each weight, from a nudge up and one down."""
        network, found = self.network, {}
        weights = network.weights
        stacked = {name: np.tile(each, (2 * len(weights), 1)) for name, each in self.leaves.items()}
        for at, name in enumerate(weights):
            stacked[name][2 * at] += NUDGE
            stacked[name][2 * at + 1] -= NUDGE
        loss = numeric.trace(network, stacked).values[network.loss]
        for at, name in enumerate(weights):
            found[name] = (loss[2 * at] - loss[2 * at + 1]) / (2 * NUDGE)
        return found


def _kept_names(network: Network) -> list[str]:
    """The hidden units, and the inner nodes that lead to them alone."""
    known = set(units(network))
    inner = [
        name
        for name in network.inner
        if all(node in known for node in network.order if name in network.uses(node))
    ]
    return [*known, *inner]


def _instead(
    network: Network, fault: Fault, edge: tuple[str, str], right: Factors, values: Mapping[str, Array]
) -> Array:
    """What the code takes for the derivative of ``edge``, before it is multiplied."""
    if fault.instead == "one":
        return np.ones_like(right[edge])
    if fault.instead == "input":
        unit = next(unit for node, unit, weight in crossings(network) if (node, weight) == edge)
        below, place = inputs_below(network, unit), _meeting(network, edge[0]).index(unit)
        return values[below[place % len(below)]]
    if fault.instead == "neighbour":
        meeting = _meeting(network, edge[0])
        return right[edge[0], meeting[(meeting.index(edge[1]) + 1) % len(meeting)]]
    return right[edge]


def _meeting(network: Network, node: str) -> list[str]:
    """The units that meet weights in one equation."""
    return [unit for each, unit, _ in crossings(network) if each == node]
