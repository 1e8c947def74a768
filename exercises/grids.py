"""What each number of a variant may be: few-digit grids, and targets of which exactly one is 1.

Source of the grids: TEACHING.md section 3.3, without 0.5 and 2, which would look like a forgotten factor 2,
and in a network with leaky units without their slope.

Legend
------
group    inputs, weights, biases, target, alpha; of an update rule its rates (beta) and states (velocities)
classes  the targets of one example where they are one-hot: one of them is 1, the others 0
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from exercises.bank import Exercise
from exercises.chance import Chance
from exercises.optimiser import extras
from exercises.structure import biases, network_of
from grader.language import LEAKY_SLOPE
from grader.network import RATE, Network
from grader.tree import Call, names, walk

Grid = tuple[Decimal, ...]


def _decimals(text: str) -> Grid:
    return tuple(Decimal(word) for word in text.split())


SIZES = _decimals("0.2 0.3 0.4 0.6 0.7 0.8 0.9 1.1 1.2 1.3 1.4 1.5 1.6 1.8 2.5")
GRIDS: Mapping[str, Grid] = {
    "inputs": _decimals("0.2 0.3 0.4 0.6 0.7 0.8 0.9 1.1 1.2 1.3 1.4 1.5"),
    "weights": SIZES * 7 + tuple(-size for size in SIZES) * 3,  # 30 % negative
    "biases": _decimals("-0.5 -0.4 -0.3 -0.2 -0.1 0.1 0.2 0.3 0.4 0.5"),
    "target": _decimals("-0.5 0.2 0.4 0.5 0.6 0.9 1 1.2 1.5"),
    "alpha": _decimals("0.05 0.1 0.2 0.25 0.4"),
    "rates": _decimals("0.6 0.7 0.8 0.9"),
    "states": _decimals("-0.6 -0.5 -0.4 -0.3 -0.2 0.2 0.3 0.4 0.5 0.6"),
}
ZERO, ONE = Decimal(0), Decimal(1)


def grids(exercise: Exercise, chance: Chance) -> dict[str, Grid]:
    """What each number may be, in the order of a variant; ``chance`` chooses which class is right."""
    network = network_of(exercise.network)
    groups = _groups(exercise, network)
    found = {name: _grid(exercise, network, name, group) for name, group in groups.items()}
    for group in classes(exercise, network):
        at = chance.below(max(len(group), 2))
        right = {name: ONE if place == at else ZERO for place, name in enumerate(group)}
        found |= {name: (right[name],) for name in group if name in found}
    return found


def numbers_of(exercise: Exercise) -> tuple[str, ...]:
    """The numbers that a variant has: leaves, alpha, and what the update rule needs besides."""
    network = network_of(exercise.network)
    return (*network.leaves, RATE, *extras(exercise.update, network))


def _groups(exercise: Exercise, network: Network) -> dict[str, str]:
    """Each number that a variant has, and its group."""
    added = biases(network)
    found = {name: "biases" if name in added else "weights" for name in network.weights}
    found |= dict.fromkeys(network.inputs, "inputs") | dict.fromkeys(network.targets, "target")
    found |= {RATE: RATE, **extras(exercise.update, network)}
    return {name: found[name] for name in numbers_of(exercise)}


def _grid(exercise: Exercise, network: Network, name: str, group: str) -> Grid:
    """The exercise's own list for it, for it in each example, or for its group; else the usual one."""
    own = name if name in network.weights or not exercise.one else name.rpartition("_")[0]
    for key in (name, own, group):
        chosen = exercise.draw.get(key)
        if chosen and chosen != "one-hot":
            return chosen
    slope = Decimal(LEAKY_SLOPE) if _is_leaky(network) else None
    return tuple(number for number in GRIDS[group] if number != slope)


def _is_leaky(network: Network) -> bool:
    parts = (part for tree in network.equations.values() for part in walk(tree))
    return any(isinstance(part, Call) and part.function == "leaky" for part in parts)


def classes(exercise: Exercise, network: Network) -> list[tuple[str, ...]]:
    """The one-hot targets, example by example: where the exercise says so, or the loss takes a logarithm of
    a prediction and the exercise says nothing. A single one is 0 or 1, as one that is drawn from these two.

    The last may follow from the others (``y3: 1 - y1 - y2``) and be no number of a variant.
    """
    drawn = exercise.draw.get("target")
    if drawn is not None and drawn != "one-hot":
        own = (name for name in network.targets if name in network.leaves)
        return [(name,) for name in own] if set(drawn) == {ZERO, ONE} else []
    found = []
    for node in network.losses:
        tree = network.equations[node]
        group = tuple(name for name in network.targets if name in names(tree))
        if group and (drawn or _is_entropy(network, node)) and not set(group) & exercise.draw.keys():
            found.append(group)
    return found


def _is_entropy(network: Network, node: str) -> bool:
    predictions = set(network.predictions)
    logarithms = (
        part for part in walk(network.equations[node]) if isinstance(part, Call) and part.function == "ln"
    )
    return any(
        predictions & ({name} | network.ancestors(name)) for part in logarithms for name in names(part)
    )
