"""Which derivatives of a network play which role in a training loop, found on its graph.

Legend
------
edge      (A, B): B stands in the equation of A, so that the code needs dA/dB
unit      a hidden node behind an activation; its slope is dh/dz
loss      into a prediction, from the loss; ``square`` if that is a square
slope     from a unit into what it bends, where the slope is not simply 1 or 0; ``bounded``, ``relu``: where
          the function is one of these
crossing  into a unit, over the weight that it meets; ``neighbours`` where several meet in one sum
partner   into that weight, so that the unit is the right factor
bias      into a weight that meets no value
shared    into a name that several equations use
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from exercises.structure import biases, edges, folded, hidden
from grader.network import Network
from grader.tree import Binary, Call, Group, Name, Number, Tree, walk

Edge = tuple[str, str]
STRAIGHT = frozenset({"relu", "abs", "max", "min"})
BOUNDED = frozenset({"sigmoid", "tanh"})


@lru_cache(maxsize=128)
def units(network: Network) -> tuple[str, ...]:
    """The hidden nodes behind an activation, in forward order."""
    return tuple(node for node in hidden(network) if isinstance(_bare(folded(network, node)), Call))


@lru_cache(maxsize=512)
def links(network: Network, role: str) -> tuple[Edge, ...]:
    """The edges of this role, in forward order; none if the network has no such part."""
    return tuple(dict.fromkeys(ROLES[role](network)))


@lru_cache(maxsize=128)
def crossings(network: Network) -> tuple[tuple[str, str, str], ...]:
    """(A, unit, weight): where a unit meets a weight on its way to A."""
    known = set(units(network))
    found = []
    for source, target, weight in edges(network):
        if source in known and weight:
            node = _where(network, target, source, weight)
            found += [(node, source, weight)] if node else []
    return tuple(found)


def inputs_below(network: Network, unit: str) -> tuple[str, ...]:
    """The inputs that a unit sees, directly or through other units."""
    below = network.ancestors(unit)
    return tuple(name for name in network.inputs if name in below)


def argument(network: Network, unit: str) -> str | None:
    """The name that a unit's function bends: z of ``h: tanh(z)``."""
    tree = _bare(network.equations[unit])
    if isinstance(tree, Call) and len(tree.arguments) == 1:
        inner = _bare(tree.arguments[0])
        return inner.name if isinstance(inner, Name) else None
    return None


def function(network: Network, unit: str) -> str:
    """The activation of a unit."""
    tree = _bare(folded(network, unit))
    return tree.function if isinstance(tree, Call) else ""


def _bare(tree: Tree) -> Tree:
    return _bare(tree.inner) if isinstance(tree, Group) else tree


def _where(network: Network, target: str, source: str, weight: str) -> str | None:
    """The equation of ``target``, or of an inner node of it, in which both names stand."""
    nodes = [target, *(name for name in network.ancestors(target) if name in network.inner)]
    return next((node for node in nodes if {source, weight} <= set(network.uses(node))), None)


def _loss(network: Network) -> Iterator[Edge]:
    for node in network.losses:
        yield from ((node, used) for used in network.uses(node) if used in network.predictions)


def _square(network: Network) -> Iterator[Edge]:
    yield from ((node, used) for node, used in _loss(network) if _has_square(network.equations[node]))


def _has_square(tree: Tree) -> bool:
    powers = (part for part in walk(tree) if isinstance(part, Binary) and part.operator == "^")
    return any(isinstance(power.right, Number) and power.right.value == 2 for power in powers)


def _bent(wanted: Callable[[str], bool]) -> Callable[[Network], Iterator[Edge]]:
    """The edges from units with such a function into what they bend."""

    def found(network: Network) -> Iterator[Edge]:
        for unit in units(network):
            inner = argument(network, unit)
            if inner and wanted(function(network, unit)):
                yield unit, inner

    return found


def _unit(network: Network) -> Iterator[Edge]:
    for node in network.order:
        yield from ((node, used) for used in network.uses(node) if used in units(network))


def _crossing(network: Network) -> Iterator[Edge]:
    yield from ((node, unit) for node, unit, _ in crossings(network))


def _partner(network: Network) -> Iterator[Edge]:
    yield from ((node, weight) for node, unit, weight in crossings(network) if inputs_below(network, unit))


def _neighbours(network: Network) -> Iterator[Edge]:
    meeting = Counter(node for node, _, _ in crossings(network))
    yield from ((node, unit) for node, unit, _ in crossings(network) if meeting[node] > 1)


def _bias(network: Network) -> Iterator[Edge]:
    added = biases(network)
    for node in network.order:
        yield from ((node, used) for used in network.uses(node) if used in added)


def _shared(network: Network) -> Iterator[Edge]:
    wanted = (*network.weights, *units(network))
    users = Counter(used for node in network.order for used in network.uses(node) if used in wanted)
    for node in network.order:
        yield from ((node, used) for used in network.uses(node) if users[used] > 1)


ROLES: Mapping[str, Callable[[Network], Iterator[Edge]]] = {
    "loss": _loss,
    "square": _square,
    "slope": _bent(lambda name: name not in STRAIGHT),
    "bounded": _bent(lambda name: name in BOUNDED),
    "relu": _bent(lambda name: name == "relu"),
    "unit": _unit,
    "crossing": _crossing,
    "partner": _partner,
    "neighbours": _neighbours,
    "bias": _bias,
    "shared": _shared,
}
