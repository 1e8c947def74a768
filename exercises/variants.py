"""Variants: an exercise's numbers from a seed, by rejection sampling in NumPy batches.

Legend
------
seed        the same (generator, network, seed) gives the same numbers for ever; seed 1 is the lesson's
            numbers where the exercise has them. All exercises of a network share their numbers.
batch       rows of candidate numbers, drawn from the grids below and tried at once
usable      a row that keeps the plain rules: nothing near 0 or 1, the loss falls, few digits
safe        a usable row on which no wrong rule of ``exercises.mutations`` gives a right answer
distinct    how many pairs of wrong rules give the same number; of a few safe rows the best is taken

Source of the rules and grids: TEACHING.md sections 3.2 and 3.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from exercises import mutations
from exercises.bank import Exercise
from exercises.chance import Chance
from exercises.optimiser import extras
from exercises.prose import plain
from exercises.published import Published
from exercises.question import Step, Variant
from exercises.structure import biases, edges, hidden, inexact, network_of, straight
from grader import numeric
from grader.network import Network

GENERATOR = "1"
BATCH = 2048
BATCHES = 40  # at most; a network that needs more is refused
WANTED = 4  # safe rows to choose from, at least
TIE = 1e-9  # a bound met exactly counts as broken, whatever the last bit of a float says

Values = dict[str, NDArray[np.float64]]
Rows = NDArray[np.bool_]


class NoVariant(ValueError):  # noqa: N818  reads as what happened
    """No numbers keep the rules; the message says which rule was hardest."""


def _decimals(text: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(word) for word in text.split())


INPUTS = _decimals("0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.2 1.5")
SIZES = _decimals("0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.1 1.2 1.3 1.4 1.5 1.6 1.8 2 2.5")
GRIDS: Mapping[str, tuple[Decimal, ...]] = {
    "inputs": INPUTS,
    "weights": SIZES * 7 + tuple(-size for size in SIZES) * 3,  # 30 % negative
    "biases": _decimals("-0.5 -0.4 -0.3 -0.2 -0.1 0.1 0.2 0.3 0.4 0.5"),
    "target": _decimals("-0.5 0.2 0.4 0.5 0.6 0.9 1 1.2 1.5"),
    "alpha": _decimals("0.05 0.1 0.2 0.25 0.5"),
    "rates": _decimals("0.5 0.6 0.8 0.9"),
    "states": _decimals("-0.8 -0.6 -0.5 -0.4 -0.3 0.2 0.3 0.4 0.5 0.6 0.8"),
}


def variant(published: Published, seed: int) -> Variant:
    """The numbers of ``published`` for ``seed`` (1, 2, 3 ...); raises ValueError and NoVariant."""
    if seed < 1:
        raise ValueError(f"a seed is 1 or more, not {seed}")
    exercise = published.exercise
    if exercise.step is Step.TRAP:
        return Variant(seed, GENERATOR, {})
    if seed == 1 and exercise.numbers:
        drawn = {name: exercise.numbers[name] for name in grids(exercise)}
    else:
        drawn = _draw(exercise, seed)
    return Variant(seed, GENERATOR, {name: plain(number, 6) for name, number in drawn.items()})


def grids(exercise: Exercise) -> dict[str, tuple[Decimal, ...]]:
    """What each leaf, and alpha, may be: the exercise's own list for it or its group, else the default."""
    network = network_of(exercise.network)
    groups = {name: _group(network, name) for name in (*network.leaves, "alpha")}
    groups |= extras(exercise.update, network)
    return {name: _grid(exercise, name, group) for name, group in groups.items()}


def _grid(exercise: Exercise, name: str, group: str) -> tuple[Decimal, ...]:
    """Its own list, that of its name in one example of a batch, that of its group."""
    own = (name, name.rpartition("_")[0], group)
    return next((exercise.draw[each] for each in own if each in exercise.draw), GRIDS[group])


def _group(network: Network, name: str) -> str:
    if name in biases(network):
        return "biases"
    if name in network.weights:
        return "weights"
    if name in network.targets:
        return "target"
    return "alpha" if name == "alpha" else "inputs"


def _draw(exercise: Exercise, seed: int) -> dict[str, Decimal]:
    """The best of the first few safe rows."""
    choices = grids(exercise)
    chance = Chance("variant", GENERATOR, repr(sorted(exercise.network.items())), seed)
    found: list[tuple[int, dict[str, Decimal]]] = []
    for _ in range(BATCHES):
        picks = {name: chance.indices(BATCH, len(grid)) for name, grid in choices.items()}
        floats = {name: np.array(grid, dtype=float)[picks[name]] for name, grid in choices.items()}
        for row, clashes in _safe(exercise.network, floats):
            found.append((clashes, {name: grid[picks[name][row]] for name, grid in choices.items()}))
        if len(found) >= WANTED:
            break
    if not found:
        raise NoVariant(f"no numbers keep the rules of a good variant ({BATCH * BATCHES} were tried)")
    return min(found, key=lambda each: each[0])[1]


def _safe(equations: Mapping[str, str], leaves: Values) -> list[tuple[int, int]]:
    """(row, clashes) of every safe row of a batch."""
    kept = np.flatnonzero(_usable(network_of(equations), leaves))
    if not kept.size:
        return []
    rows = {name: column[kept] for name, column in leaves.items()}
    safe, clashes = mutations.judge(equations, rows)
    return [(int(kept[at]), int(clashes[at])) for at in np.flatnonzero(safe)]


def _usable(network: Network, leaves: Values) -> Rows:
    """Rows that keep rules 1 to 3."""
    q = numeric.quantities(network, leaves)
    after = mutations.stepped(network, leaves, q)
    factors = [q[node] for node in (*hidden(network), network.prediction)]
    factors += [q[name] for name in _telling_links(network)]
    gap = q[network.prediction] - q[network.target]
    keep: Rows = np.logical_and.reduce([_plain_factor(value) for value in (*factors, gap, 2 * gap)])
    edge_weights = [leaves[weight] for _, _, weight in edges(network) if weight]
    keep &= np.any(np.array(edge_weights) < 0, axis=0)
    keep &= (after[network.loss] < q[network.loss] - TIE) & (np.abs(q[network.prediction]) < 3 + TIE)
    keep &= np.logical_and.reduce([after[unit] * q[unit] > 0 for unit in hidden(network)])
    if not inexact(network):
        keep &= _few_digits(network, q, after)
    return keep


def _telling_links(network: Network) -> list[str]:
    """Every link, opened ones too, but those that are 1 whenever their unit is on: into a bias, of a relu."""
    dull = [f"d{node}_d{bias}" for bias in biases(network) for node in network.order]
    dull += [
        f"d{unit}_d{inner}" for unit in hidden(network) for inner in network.inner if straight(network, unit)
    ]
    return [name for name in numeric.default_names(network) if name[0] == "d" and name not in dull]


def _plain_factor(value: NDArray[np.float64]) -> Rows:
    """Not near 0 and not near 1 or -1 (rule 1)."""
    size = np.abs(value)
    result: Rows = (size > 0.04 + TIE) & (np.abs(size - 1) > 0.02 + TIE)
    return result


def _few_digits(network: Network, q: Values, after: Values) -> Rows:
    """Hidden values and the prediction to 3 decimals, loss and gradients to 4, new weights to 5 (rule 3)."""
    units = (*hidden(network), network.prediction)
    tests = [(q[node], 3) for node in units] + [(q[network.loss], 4)]
    tests += [(q[f"grad_{weight}"], 4) for weight in network.weights]
    tests += [(after[weight], 5) for weight in network.weights]
    result: Rows = np.logical_and.reduce([_ends(value, decimals) for value, decimals in tests])
    return result


def _ends(value: NDArray[np.float64], decimals: int) -> Rows:
    scaled = value * 10**decimals
    result: Rows = np.abs(scaled - np.round(scaled)) < 1e-6
    return result
