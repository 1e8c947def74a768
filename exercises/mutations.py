"""Wrong rules, as numbers: what students with a common slip would answer, for every box of any network.

A variant is *safe* when no wrong rule gives a right answer. A wrong rule that gives the right answer on every
row of a batch is structural (with a relu that is on, "activation skipped" is one) and is left out: no choice
of numbers can tell it apart (TEACHING.md section 3.1).

Legend
------
q        every quantity of the network on a batch of rows: values, links ``dA_dB``, gradients ``grad_B``
after    values after one step of gradient descent, under their old names
slips    wrong answers of one box, an array (rows,) each
allowed  how far an answer may be off and still be marked right; a slip must be off by more than twice that
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from exercises.chance import Chance
from exercises.structure import chains, folded, hidden, named_in, network_of, outer
from grader import numeric
from grader.network import Network
from grader.tree import Binary, Call, Group, Name, Negative, Tree

Array = NDArray[np.float64]
Values = dict[str, Array]
Rows = NDArray[np.bool_]
MARGIN = 2.0  # times what is allowed (TEACHING.md rule 5)
TIE = 1e-9  # a margin met exactly counts as too small, whatever the last bit of a float says
HALF_UNIT = 0.5e-4  # half a unit of the fourth decimal
PROBES = 64
STRUCTURAL = 0.9  # share of probes on which a slip gives the right answer


def stepped(network: Network, leaves: Values, q: Values, only: frozenset[str] | None = None) -> Values:
    """The network after one step; ``only``: the weights that move (default: all)."""
    moving = network.weights if only is None else only
    moved = {weight: leaves[weight] - leaves["alpha"] * q[f"grad_{weight}"] for weight in moving}
    return dict(numeric.trace(network, leaves | moved).values)


def judge(equations: Mapping[str, str], leaves: Values) -> tuple[Rows, NDArray[np.int_]]:
    """For each row: is it safe, and how many pairs of wrong rules give the same number."""
    network, rows = network_of(equations), len(leaves["alpha"])
    safe, clashes = np.ones(rows, dtype=bool), np.zeros(rows, dtype=int)
    for box, telling in zip(_boxes(network, leaves), _telling(tuple(equations.items())), strict=True):
        margin = MARGIN * np.maximum(box.allowed, HALF_UNIT) * (1 + TIE)
        slips = [slip for slip, tells in zip(box.slips, telling, strict=True) if tells]
        for slip in slips:
            safe &= np.abs(slip - box.right) > margin
        for one, other in combinations(slips, 2):
            clashes += np.abs(one - other) <= margin
    return safe, clashes


@dataclass(frozen=True)
class _Box:
    right: Array
    allowed: Array
    slips: list[Array]


@cache
def _telling(equations: tuple[tuple[str, str], ...]) -> list[list[bool]]:
    """Per box and slip: does it differ from the right answer at all? Tried on odd positive numbers."""
    network, chance = network_of(dict(equations)), Chance("probe")
    names = (*network.leaves, "alpha")
    probe = {name: np.asarray(0.2 + chance.indices(PROBES, 10**6) * 1.5e-6, float) for name in names}
    return [
        [float(np.mean(np.isclose(slip, box.right, rtol=1e-9))) < STRUCTURAL for slip in box.slips]
        for box in _boxes(network, probe)
    ]


def _boxes(network: Network, leaves: Values) -> list[_Box]:
    """Right answer, tolerance and slips of everything that any step asks, always in the same order."""
    q = numeric.quantities(network, leaves) | {"alpha": leaves["alpha"]}
    after = stepped(network, leaves, q)
    boxes = [_Box(q[node], _share(q[node]), list(_value_slips(network, node, q))) for node in outer(network)]
    for output, input in _links(network):
        link = q[f"d{output}_d{input}"]
        boxes.append(_Box(link, _share(link), list(_link_slips(network, output, input, q))))
    for weight in network.weights:
        gradient = q[f"grad_{weight}"]
        step = np.abs(q["alpha"] * gradient)
        boxes.append(_Box(gradient, _share(gradient), list(_gradient_slips(network, weight, q))))
        boxes.append(_Box(after[weight], 0.025 * step, list(_new_slips(network, weight, q))))
    for node in (network.prediction, network.loss):
        change = np.abs(after[node] - q[node])
        boxes.append(_Box(after[node], 0.005 * change, list(_after_slips(network, node, leaves, q))))
    return boxes


def _share(right: Array) -> Array:
    return 0.005 * np.abs(right)


def _links(network: Network) -> list[tuple[str, str]]:
    paths = (path for weight in network.weights for path in chains(network, weight))
    return list(dict.fromkeys(link for path in paths for link in pairwise(path)))


def _value_slips(network: Network, node: str, q: Values) -> Iterator[Array]:
    """One operation done otherwise: a term or factor dropped, a sign flipped, a neighbour taken."""
    for tree in rewrites(folded(network, node), _neighbours(network)):
        yield numeric.evaluate(tree, q)
    if node == network.loss:
        y, yhat = q[network.target], q[network.prediction]
        yield from (yhat - y, 2 * (y - yhat), 2 * (yhat - y), q[node] / 2, -q[node], y**2 - yhat**2, yhat**2)


def _neighbours(network: Network) -> dict[str, list[str]]:
    """For each name, the names of its kind that stand close enough to be taken for it."""
    units = [*hidden(network), network.prediction]
    kinds = [list(network.inputs), hidden(network)]
    kinds += [[name for name in named_in(network, unit) if name in network.weights] for unit in units]
    return {name: [other for other in kind if other != name] for kind in kinds for name in kind}


def rewrites(tree: Tree, neighbours: Mapping[str, list[str]]) -> Iterator[Tree]:
    """Every tree that is one slip away from ``tree``."""
    match tree:
        case Name(name=name):
            yield from map(Name, neighbours.get(name, []))
        case Group(inner=inner):
            yield from map(Group, rewrites(inner, neighbours))
        case Negative(operand=inner):
            yield inner
            yield from map(Negative, rewrites(inner, neighbours))
        case Call(function=function, arguments=(inner,)):
            yield inner
            yield from (Call(function, (other,)) for other in rewrites(inner, neighbours))
        case Binary(operator=operator, left=left, right=right):
            yield left
            if operator != "^":
                yield right
                yield Binary({"+": "-", "-": "+", "*": "+", "/": "*"}[operator], left, right)
            yield from (Binary(operator, other, right) for other in rewrites(left, neighbours))
            yield from (Binary(operator, left, other) for other in rewrites(right, neighbours))


def _link_slips(network: Network, output: str, input: str, q: Values) -> Iterator[Array]:
    """A value taken for a slope; for the first link sign, factor 2 or target forgotten."""
    nearby = [*named_in(network, output), *network.inputs, *hidden(network)]
    if output == network.loss:
        right = q[f"d{output}_d{input}"]
        yield from (-right, right / 2, -right / 2, 2 * right, 2 * q[input], q[output], 2 * q[output])
    else:
        yield from (q[name] for name in dict.fromkeys(nearby))


def _gradient_slips(network: Network, weight: str, q: Values) -> Iterator[Array]:
    """The chain with a link dropped or replaced, added, flipped, or mixed up with the step."""
    right = q[f"grad_{weight}"]
    yield from (-right, right / 2, -right / 2, q["alpha"] * right, -q["alpha"] * right)
    yield from (q[f"grad_{other}"] for other in network.weights if other != weight)
    for path in chains(network, weight):
        links = [q[f"d{output}_d{input}"] for output, input in pairwise(path)]
        product = np.prod(links, axis=0)
        yield np.sum(links, axis=0)
        for place, link in enumerate(links):
            yield right - product + product / link
            if place:
                slips = _link_slips(network, path[place], path[place + 1], q)
                yield from (right - product + product / link * slip for slip in slips)
        yield from (right * q[name] for name in path[2:])


def _new_slips(network: Network, weight: str, q: Values) -> Iterator[Array]:
    """Uphill, without the learning rate, only the step, another quantity for the gradient."""
    old, g, alpha = q[weight], q[f"grad_{weight}"], q["alpha"]
    gap = q[network.prediction] - q[network.target]
    wrong = [q[f"grad_{other}"] for other in network.weights if other != weight]
    wrong += [q[network.loss], gap, 2 * gap, old * g, g / alpha**2]
    yield from (old + alpha * g, old - g, -alpha * g, alpha * g, g)
    yield from (old - alpha * other for other in wrong)


def _after_slips(network: Network, node: str, leaves: Values, q: Values) -> Iterator[Array]:
    """Some weights left as they were, uphill, the prediction moved by itself, the straight-line forecast."""
    last = frozenset(named_in(network, network.prediction)) & set(network.weights)
    for moving in (last, frozenset(network.weights) - last):
        yield stepped(network, leaves, q, moving)[node]
    uphill = {weight: leaves[weight] + leaves["alpha"] * q[f"grad_{weight}"] for weight in network.weights}
    yield numeric.trace(network, leaves | uphill).values[node]
    if node == network.prediction:
        yield q[node] - q["alpha"] * q[f"d{network.loss}_d{node}"]
    else:
        squares = sum(q[f"grad_{weight}"] ** 2 for weight in network.weights)
        yield q[node] - q["alpha"] * squares
