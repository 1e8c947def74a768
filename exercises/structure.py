"""What the steps need to know about a network beyond its graph: edges, biases, folded equations, paths.

Legend
------
folded    an equation with its inner nodes put in: ``relu(w1*x1)`` for ``h1: relu(z1)``, ``z1: w1*x1``
edge      (source, target, weight): a value that enters a unit, and the weight that it meets there
bias      a weight that meets no value: it is added at its unit
path      the quantities from the loss back to a weight: ``L, yhat, h1, w1``; its links join neighbours
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from grader.expression import show
from grader.network import Network
from grader.stations import chains_through
from grader.tree import Binary, Call, Group, Name, Negative, Tree, names, walk

Edge = tuple[str, str, str | None]
PIECEWISE_LINEAR = frozenset({"relu", "abs", "max", "min", "leaky"})


def network_of(equations: Mapping[str, str]) -> Network:
    """The network of these equations, built once a process; raises NetworkError."""
    return _network(tuple(equations.items()))


@lru_cache(maxsize=256)
def _network(equations: tuple[tuple[str, str], ...]) -> Network:
    return Network.from_equations(dict(equations))


def substitute(tree: Tree, put: Mapping[str, Tree]) -> Tree:
    """``tree`` with the names in ``put`` replaced; ``show`` adds the brackets that this needs."""
    match tree:
        case Name(name=name) if name in put:
            return put[name]
        case Negative(operand=inner):
            return Negative(substitute(inner, put))
        case Binary(operator=operator, left=left, right=right, implicit=implicit):
            return Binary(operator, substitute(left, put), substitute(right, put), implicit)
        case Call(function=function, arguments=arguments):
            return Call(function, tuple(substitute(part, put) for part in arguments))
        case Group(inner=inner):
            return Group(substitute(inner, put))
        case _:
            return tree


def folded(network: Network, node: str) -> Tree:
    """The equation of ``node`` with its inner nodes put in."""
    tree = network.equations[node]
    inner = names(tree) & set(network.inner)
    return substitute(tree, {name: folded(network, name) for name in inner}) if inner else tree


def named_in(network: Network, node: str) -> list[str]:
    """The names in the folded equation of ``node``, in the order in which it is read."""
    parts = walk(folded(network, node))
    return list(dict.fromkeys(part.name for part in parts if isinstance(part, Name) and not part.constant))


def outer(network: Network) -> list[str]:
    """The nodes that a pass works out, in forward order: hidden units, predictions, losses."""
    return [node for node in network.order if node not in (*network.inner, *network.targets)]


def hidden(network: Network) -> list[str]:
    """The hidden units, in forward order."""
    later = {*network.predictions, *network.losses}
    return [node for node in outer(network) if node not in later]


def losses(network: Network) -> list[str]:
    """The loss, and before it the losses of single examples."""
    return [node for node in outer(network) if node in network.losses]


def definition(network: Network, node: str) -> str:
    """``h1 = relu(w1*x1)``."""
    return f"{node} = {show(folded(network, node))}"


def edges(network: Network) -> tuple[Edge, ...]:
    """Every (source, target, weight) of the drawing; weight is None where the value meets not just one."""
    found: list[Edge] = []
    for node in outer(network):
        for met, values in _terms(network, node):
            found += [(value, node, met[0] if len(met) == 1 else None) for value in values]
    return tuple(dict.fromkeys(found))


def biases(network: Network) -> dict[str, str]:
    """Each weight that meets no value, and the unit where it is added."""
    return {
        weight: node
        for node in outer(network)
        for met, values in _terms(network, node)
        if not values
        for weight in met
    }


def _terms(network: Network, node: str) -> Iterator[tuple[list[str], list[str]]]:
    """For each summand of a node: the weights in it and the values in it, in the order of the network."""
    known = [*network.leaves, *network.order]
    for term in _summands(folded(network, node)):
        used = names(term)
        yield (
            [name for name in known if name in used and name in network.weights],
            [name for name in known if name in used and name not in network.weights],
        )


def _summands(tree: Tree) -> Iterator[Tree]:
    match tree:
        case Group(inner=inner) | Negative(operand=inner) | Call(arguments=(inner,)):
            yield from _summands(inner)
        case Binary(operator="+" | "-", left=left, right=right):
            yield from _summands(left)
            yield from _summands(right)
        case _:
            yield tree


def chains(
    network: Network, weight: str, *, opened: bool = False, through: Sequence[str] = ()
) -> tuple[tuple[str, ...], ...]:
    """The paths from the loss back to ``weight``; ``opened``: inner nodes are stations of their own.

    ``through``: the only stations; a link joins two of them over all ways between. Raises NetworkError.
    """
    paths = []
    for chain in chains_through(network, weight, through) if through else network.chains(weight):
        stations = [chain.links[0].output, *(link.input for link in chain.links)]
        paths.append(tuple(_opened(network, stations) if opened else stations))
    return tuple(dict.fromkeys(paths))


def _opened(network: Network, stations: list[str]) -> list[str]:
    path = stations[:1]
    for output, following in pairwise(stations):
        path += [
            inner
            for inner in names(network.equations[output]) & set(network.inner)
            if following in names(folded(network, inner))
        ]
        path.append(following)
    return path


def inexact(network: Network) -> bool:
    """Whether values need not end as decimals: the network uses a function that is not piecewise linear."""
    return any(
        isinstance(part, Call) and part.function not in PIECEWISE_LINEAR
        for tree in network.equations.values()
        for part in walk(tree)
    )


def straight(network: Network, node: str) -> bool:
    """Whether ``node`` is a relu unit: where it is on, its slope is 1."""
    tree = folded(network, node)
    return isinstance(tree, Call) and tree.function == "relu"
