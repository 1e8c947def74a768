"""The plain rules of a good variant (TEACHING.md 3.2, rules 1 to 3), for any network.

1. No value, no link, no gap to the target near 0 or 1, nor so near that its double is; a weight is negative.
2. The loss falls, no unit changes its side in the step, and no prediction is larger than 3.
3. Few digits: hidden values and predictions have 3 decimals, the loss and gradients 4, new weights 5.

What no numbers can help is left out, and found by trying: a link that is 0 or 1 whatever the numbers are
(into a bias, of a relu, behind a target that is 0); one of two links that are 0 in turns (of a maximum); so
few digits as this network hardly ever has, for which it may have more.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from exercises.bank import Exercise
from exercises.chance import Chance
from exercises.columns import Array, Columns, Scope
from exercises.grids import Grid, classes
from exercises.optimiser import written_out
from exercises.structure import edges, hidden, inexact, network_of
from grader import numeric
from grader.formula import definitions_of
from grader.network import Network
from grader.tree import Name

Rows = NDArray[np.bool_]
Leaves = Mapping[str, Array]
BATCH = 2048
PROBES = 128
TIE = 1e-9  # a bound met exactly counts as broken, whatever the last bit of a float says
TRIED = 3  # batches, to see how few digits a network can have
ENOUGH = 0.001  # share of rows that must be usable, else they may have one digit more
SLACK = 4  # more digits than that are not counted any more


def drawn(
    choices: Mapping[str, Grid], chance: Chance
) -> tuple[dict[str, NDArray[np.intp]], dict[str, Array]]:
    """A batch of rows: which number of its grid each name has, and the numbers."""
    picks = {name: chance.indices(BATCH, len(grid)) for name, grid in choices.items()}
    return picks, {name: np.array(grid, float)[picks[name]] for name, grid in choices.items()}


class Plain:
    """The rules for one set of exercises on one choice of its one-hot targets."""

    def __init__(self, exercise: Exercise, choices: Mapping[str, Grid]) -> None:
        self.network = network = network_of(exercise.network)
        self.fixed = frozenset(name for group in classes(exercise, network) for name in group)
        self._columns = Columns()
        links = numeric.default_names(network)
        now = Scope(self._columns, definitions_of(network, frozenset(links)))
        moved = {weight: now.place(written_out(exercise.update, weight)) for weight in network.weights}
        after = Scope(self._columns, network.equations, moved)
        self._now = {name: now.place(Name(name)) for name in (*network.order, *links)}
        self._after = moved | {name: after.place(Name(name)) for name in network.order}
        self._needed = self._columns.needed([*self._now.values(), *self._after.values()])
        self._signed = _signed(network, choices)
        self._factors: tuple[str, ...] = ()
        self._factors = tuple(self._telling(choices))
        self.slack = None if inexact(network) else self._least_slack(choices)

    def usable(self, leaves: Leaves) -> Rows:
        """The rows that keep the rules."""
        found = self._columns.run(leaves, self._needed)
        keep = self._keeps(leaves, found)
        return keep if self.slack is None else keep & (self._missing(found) <= self.slack)

    def _keeps(self, leaves: Leaves, found: Mapping[int, Array]) -> Rows:
        """Rules 1 and 2."""
        network, rows = self.network, next(iter(leaves.values())).shape
        now = {name: found[place] for name, place in self._now.items()}
        after = {name: found[place] for name, place in self._after.items()}
        gaps = [now[prediction] - _value(target, now, leaves) for prediction, target in _pairs(network)]
        tests = [_plain(now[name]) for name in self._factors] + [
            _plain(gap) & _plain(2 * gap) for gap in gaps
        ]
        tests += [np.abs(now[prediction]) < 3 + TIE for prediction in network.predictions]
        tests += [after[network.loss] < now[network.loss] - TIE]
        tests += [np.sign(after[unit]) == np.sign(now[unit]) for unit in hidden(network)]
        if self._signed:
            tests.append(np.any([leaves[weight] < 0 for weight in self._signed], axis=0))
        result: Rows = np.broadcast_to(np.logical_and.reduce(np.broadcast_arrays(*tests)), rows)
        return result

    def _telling(self, choices: Mapping[str, Grid]) -> list[str]:
        """The values and links that can all be other than 0, 1 and -1 at once, tried on real numbers."""
        found = self._columns.run(probes(choices, self.fixed), self._needed)
        ends = tuple(f"_d{target}" for target in self.network.targets)
        links = [
            name for name in numeric.default_names(self.network) if name[0] == "d" and not name.endswith(ends)
        ]
        factors = list(dict.fromkeys((*hidden(self.network), *self.network.predictions, *links)))
        columns = np.broadcast_arrays(*(found[self._now[name]] for name in factors), np.empty(PROBES))
        telling = (~_dull(np.array(columns[:-1]))).astype(int)
        together = telling @ telling.T > 0
        return [
            name
            for name, at in zip(factors, together, strict=True)
            if at.any() and at[together.any(axis=0)].all()
        ]

    def _least_slack(self, choices: Mapping[str, Grid]) -> int | None:
        """How many more digits than usual this network needs; None: it has no end of them."""
        over: list[Array] = []
        chance = Chance("digits")
        for _ in range(TRIED):
            _, leaves = drawn(choices, chance)
            found = self._columns.run(leaves, self._needed)
            over.append(self._missing(found)[self._keeps(leaves, found)])
        few = np.concatenate(over)
        enough = (slack for slack in range(SLACK) if np.sum(few <= slack) >= ENOUGH * TRIED * BATCH)
        return next(enough, None)

    def _missing(self, found: Mapping[int, Array]) -> Array:
        """By how many decimals each row is over what rule 3 allows; SLACK for that many or more."""
        network = self.network
        asked = {self._now[node]: 3 for node in (*hidden(network), *network.predictions)}
        asked |= {self._now[node]: 4 for node in network.losses}
        asked |= {self._now[f"grad_{weight}"]: 4 for weight in network.weights}
        asked |= {self._after[weight]: 5 for weight in network.weights}
        over = np.zeros(np.broadcast_shapes(*(found[place].shape for place in asked)))
        for slack in range(SLACK):
            ends = [_ends(found[place], decimals + slack) for place, decimals in asked.items()]
            over += ~np.logical_and.reduce(np.broadcast_arrays(*ends))
        return over


def probes(choices: Mapping[str, Grid], fixed: frozenset[str]) -> dict[str, Array]:
    """Random real numbers around those of the grids; one-hot targets, ``fixed``, stay what they are."""
    chance, found = Chance("probe"), {}
    for name, grid in choices.items():
        column = np.array(grid, float)[chance.indices(PROBES, len(grid))]
        shift = chance.indices(PROBES, 10**6) * 4e-7 - 0.2
        found[name] = column if name in fixed else column * (1 + shift)
    return found


def _signed(network: Network, choices: Mapping[str, Grid]) -> list[str]:
    """The weights of which one must be negative, if any can be."""
    weights = dict.fromkeys(weight for _, _, weight in edges(network) if weight)
    return [weight for weight in weights if weight in choices and min(choices[weight]) < 0]


def _pairs(network: Network) -> list[tuple[str, str]]:
    """Each prediction with its target, where there are as many of one as of the other."""
    known = network.targets
    return (
        list(zip(network.predictions, known, strict=True)) if len(known) == len(network.predictions) else []
    )


def _value(target: str, now: Mapping[str, Array], leaves: Leaves) -> Array:
    return now[target] if target in now else leaves[target]


def _dull(value: Array) -> Rows:
    """Where it is 0, 1 or -1, or nothing at all."""
    size = np.abs(value)
    result: Rows = (size < TIE) | (np.abs(size - 1) < TIE) | ~np.isfinite(size)
    return result


def _plain(value: Array) -> Rows:
    """Not near 0 and not near 1 or -1 (rule 1)."""
    size = np.abs(value)
    result: Rows = (size > 0.04 + TIE) & (np.abs(size - 1) > 0.02 + TIE)
    return result


def _ends(value: Array, decimals: int) -> Rows:
    scaled = value * 10**decimals
    result: Rows = np.abs(scaled - np.round(scaled)) < 1e-6
    return result
