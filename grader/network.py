"""Equations -> computation graph: forward order, operands, chains of links. All else is derived from it.

Legend
------
node      a name with an equation; the loss is ``L``, predictions ``yhat*``; ``z*`` nodes are inner
leaf      a name without one: inputs ``x*``, targets ``y*`` and ``t*``, parameters ``w* b* v* u*``
target    what the loss compares with; it may have an equation (``y2: 1 - y1``: one of two classes is right)
operand   a name that a node's equation uses once its inner nodes are folded in
link      one local derivative dA/dB, where B is an operand of A
chain     the links from the loss to a weight; the gradient is the sum over all chains of their products
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from itertools import islice
from types import MappingProxyType
from typing import Literal, get_args

from grader.expression import Unreadable, read
from grader.language import ALIASES, BOUNDS, CONSTANTS, FUNCTIONS
from grader.lexer import key
from grader.tree import Name, Tree, walk

Role = Literal["input", "target", "weight", "inner", "prediction", "unit", "loss"]

LOSS = "L"
PREDICTION = "yhat"
RATE = "alpha"  # the learning rate: a value beside the network, not a part of it
MOST_CHAINS = 1000
MOST_NODES = 1000
MOST_DEPTH = 60  # nodes on one way from the leaves to the loss
MOST_PARTS = BOUNDS.nodes  # of an equation with its inner nodes folded in

_INDEX = r"[0-9]*(_?[A-Za-z0-9]+)?"
_NUMBER = r"[0-9]*(_[A-Za-z0-9]+)?"
_LEAF_ROLES: Mapping[str, Role] = MappingProxyType(
    {rf"x{_INDEX}": "input", rf"[yt]{_NUMBER}": "target", rf"[wbvu]{_INDEX}": "weight"}
)
_NODE_ROLES: Mapping[str, Role] = MappingProxyType(
    {LOSS: "loss", rf"{PREDICTION}{_NUMBER}": "prediction", rf"y{_NUMBER}": "target", rf"z{_INDEX}": "inner"}
)
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TAKEN = {RATE, *CONSTANTS, *FUNCTIONS, *ALIASES}
_RESERVED = re.compile(r"d[A-Za-z0-9]+_d.+|grad_.+|.+_new")


class NetworkError(ValueError):
    """A network that cannot be used; the message names the equation and what to change."""


@dataclass(frozen=True, slots=True)
class Link:
    """The local derivative of ``output`` with respect to its operand ``input``."""

    output: str
    input: str

    @property
    def name(self) -> str:
        """``dA_dB``."""
        return f"d{self.output}_d{self.input}"


@dataclass(frozen=True, slots=True)
class Chain:
    """The links of one way from the loss to a weight, from the loss on."""

    links: tuple[Link, ...]


@dataclass(frozen=True, eq=False)
class Network:
    """A checked network. Build it with ``from_equations``; ``equations`` is in forward order.

    It is equal to itself alone, so that what follows from it can be kept in a cache.
    """

    equations: Mapping[str, Tree]
    roles: Mapping[str, Role]

    @classmethod
    def from_equations(cls, equations: Mapping[str, str], roles: Mapping[str, str] | None = None) -> Network:
        """The network of ``name -> right-hand side``; ``roles`` overrides the conventions of the legend.

        Raises NetworkError for a cycle, an unknown name, a missing loss, a name that is taken, a node that
        the loss does not use, or a network that is too large, too deep, or too long when it is folded.
        """
        if len(equations) > MOST_NODES:
            raise NetworkError(f"the network has {len(equations)} equations; it may have {MOST_NODES}")
        for place, name in enumerate(equations, start=1):
            _check_name(name, _where(place, name))
        if LOSS not in equations:
            raise NetworkError(f"there is no equation for the loss, '{LOSS}'")
        found = _roles(equations, roles or {})
        known = sorted(found)
        trees = {
            name: _read(text, known, _where(place, name))
            for place, (name, text) in enumerate(equations.items(), start=1)
        }
        network = cls(
            MappingProxyType({name: trees[name] for name in _forward(trees)}), MappingProxyType(found)
        )
        _check(network, list(equations))
        return network

    @cached_property
    def order(self) -> tuple[str, ...]:
        """The nodes, each after what it uses; otherwise as the author wrote them."""
        return tuple(self.equations)

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """Inputs, parameters and targets, each in the order of the equations; alpha is not among them."""
        return tuple(name for name in self.given if name not in self.equations)

    @cached_property
    def given(self) -> tuple[str, ...]:
        """The leaves, and the targets that follow from other targets."""
        return (*self.inputs, *self.weights, *self.targets)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The inputs, ``x*``."""
        return self._having("input")

    @cached_property
    def weights(self) -> tuple[str, ...]:
        """The parameters, biases among them, in forward order."""
        return self._having("weight")

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """The targets, ``y`` or ``t*``."""
        return self._having("target")

    @property
    def target(self) -> str:
        """The target, or the first of several."""
        return self.targets[0]

    @cached_property
    def inner(self) -> tuple[str, ...]:
        """The nodes that are folded into others, ``z*``."""
        return self._having("inner")

    @property
    def loss(self) -> str:
        """The name of the loss."""
        return LOSS

    @property
    def prediction(self) -> str:
        """The name of the prediction, or of the first of several."""
        return self.predictions[0]

    @cached_property
    def predictions(self) -> tuple[str, ...]:
        """The predictions, in forward order: several where there are classes or examples."""
        return tuple(node for node in self.order if self.roles[node] == "prediction")

    @cached_property
    def losses(self) -> tuple[str, ...]:
        """The nodes that know a target, in forward order: the loss, before it those of single examples."""
        knowing = self.descendants(self.targets)
        return tuple(node for node in self.order if node in knowing and node not in self.targets)

    def _having(self, role: Role) -> tuple[str, ...]:
        used = dict.fromkeys(name for node in self.order for name in self.uses(node))
        return tuple(name for name in {**used, **self.equations} if self.roles.get(name) == role)

    def uses(self, node: str) -> tuple[str, ...]:
        """The names in the equation of ``node`` as written, in reading order; of a leaf, none."""
        return self._uses.get(node, ())

    @cached_property
    def _uses(self) -> Mapping[str, tuple[str, ...]]:
        return {
            node: tuple(dict.fromkeys(p.name for p in walk(tree) if isinstance(p, Name) and not p.constant))
            for node, tree in self.equations.items()
        }

    def operands(self, node: str) -> tuple[str, ...]:
        """The names in the equation of ``node`` with its inner nodes folded in, in reading order."""
        return self._operands.get(node, ())

    @cached_property
    def _operands(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for node in self.order:  # each after what it uses
            groups = (found[name] if name in self.inner else (name,) for name in self.uses(node))
            found[node] = tuple(dict.fromkeys(name for group in groups for name in group))
        return found

    def ancestors(self, node: str) -> frozenset[str]:
        """Every name that ``node`` depends on, at any distance."""
        found = set(self.uses(node))
        for before in reversed(self.order):  # each behind those that use it
            if before in found:
                found.update(self.uses(before))
        return frozenset(found)

    def descendants(self, names: Iterable[str]) -> frozenset[str]:
        """Every node that depends on one of ``names``, at any distance."""
        sources, found = frozenset(names), set[str]()
        for node in self.order:  # each after what it uses
            if any(used in sources or used in found for used in self.uses(node)):
                found.add(node)
        return frozenset(found)

    def chains(self, weight: str, start: str = LOSS) -> tuple[Chain, ...]:
        """The chains from the loss, or another node, to ``weight``, which may be any name before it.

        Raises NetworkError if it is unknown, or if they are too many.
        """
        if weight not in self.roles:
            raise NetworkError(f"'{weight}' is not a name of this network")
        behind = self.descendants([weight])
        found = tuple(islice(self._chains(start, weight, behind), MOST_CHAINS + 1))
        if len(found) > MOST_CHAINS:
            raise NetworkError(
                f"'{weight}' has more than {MOST_CHAINS} chains; ask for its gradient without them"
            )
        return tuple(map(Chain, found))

    def _chains(self, node: str, weight: str, behind: frozenset[str]) -> Iterator[tuple[Link, ...]]:
        """``behind``: the nodes that depend on ``weight``."""
        for operand in self.operands(node):
            if operand == weight:
                yield (Link(node, operand),)
            elif operand in behind:
                for rest in self._chains(operand, weight, behind):
                    yield (Link(node, operand), *rest)


def _where(place: int, name: str) -> str:
    return f"equation {place}, '{name}'"


def _check_name(name: str, where: str) -> None:
    if not _IDENTIFIER.fullmatch(name):
        raise NetworkError(f"{where}: a name is a letter, then letters, digits and underscores")
    if name in _TAKEN:
        raise NetworkError(f"{where}: this name is taken by the language")
    if _RESERVED.fullmatch(name):
        raise NetworkError(
            f"{where}: names like dA_dB, grad_w and w_new are kept for derivatives and new weights"
        )


def _check(network: Network, written: list[str]) -> None:
    """``written``: the nodes as the author ordered them."""
    _check_size(network)
    for role in ("target", "weight", "prediction"):
        if role not in network.roles.values():
            raise NetworkError(f"the network has no {role}; name one by convention or with 'roles'")
    used = network.ancestors(LOSS)
    for place, node in enumerate(written, start=1):
        if node not in used and node != LOSS:
            raise NetworkError(f"{_where(place, node)}: the loss '{LOSS}' does not use '{node}'")


def _check_size(network: Network) -> None:
    """Before anything goes through the network by recursion or folds it: how deep and how long that gets."""
    depth: dict[str, int] = {}
    parts: dict[str, int] = {}
    for name, tree in network.equations.items():
        uses = [part.name for part in walk(tree) if isinstance(part, Name) and part.name in depth]
        depth[name] = 1 + max((depth[used] for used in uses), default=0)
        folded = sum(parts[used] - 1 for used in uses if network.roles[used] == "inner")
        parts[name] = sum(1 for _ in walk(tree)) + folded
        if depth[name] > MOST_DEPTH:
            raise NetworkError(f"'{name}' is more than {MOST_DEPTH} equations away from the leaves")
        if parts[name] > MOST_PARTS:
            raise NetworkError(
                f"'{name}' has more than {MOST_PARTS} parts with its inner nodes put in; "
                "give some of them a name that does not begin with 'z'"
            )


def _roles(equations: Mapping[str, str], given: Mapping[str, str]) -> dict[str, Role]:
    """The role of every name; one that has none is left out, so that reading reports it as unknown."""
    spelled: dict[str, str] = {}
    for place, name in enumerate(equations, start=1):
        if spelled.setdefault(key(name), name) != name:
            raise NetworkError(f"{_where(place, name)}: this is '{spelled[key(name)]}' in another spelling")
    for text in equations.values():
        for word in _IDENTIFIER.findall(text):
            spelled.setdefault(key(word), word)
    found: dict[str, Role] = {}
    for name in spelled.values():
        role = _checked(name, given[name]) if name in given else _conventional(name, name in equations)
        if role is not None:
            found[name] = role
    for name in given.keys() - found.keys():
        raise NetworkError(f"'roles' gives a role to '{name}', which is not in the equations")
    return found


def _checked(name: str, role: str) -> Role:
    for known in get_args(Role):
        if role == known:
            return known  # type: ignore[no-any-return]
    raise NetworkError(f"'roles' gives '{name}' the role '{role}'; use one of {', '.join(get_args(Role))}")


def _conventional(name: str, is_node: bool) -> Role | None:
    if is_node:
        return next((role for pattern, role in _NODE_ROLES.items() if re.fullmatch(pattern, name)), "unit")
    if name in _TAKEN:
        return None
    return next((role for pattern, role in _LEAF_ROLES.items() if re.fullmatch(pattern, name)), None)


def _read(text: str, names: list[str], where: str) -> Tree:
    try:
        return read(text, names, decimal_comma=False)
    except Unreadable as error:
        if text.strip().startswith(RATE) or re.search(rf"\b{RATE}\b", text):
            raise NetworkError(
                f"{where}: the learning rate '{RATE}' belongs to the update, not here"
            ) from None
        raise NetworkError(f"{where}, character {error.span[0] + 1}: {error}") from None


def _forward(trees: Mapping[str, Tree]) -> Iterator[str]:
    """The nodes in forward order, ties as written; raises NetworkError for a cycle, in words."""
    place = {name: at for at, name in enumerate(trees)}
    used = {
        name: {p.name for p in walk(tree) if isinstance(p, Name) and p.name in place}
        for name, tree in trees.items()
    }
    sorter = TopologicalSorter(used)
    try:
        sorter.prepare()
    except CycleError as error:
        way = " -> ".join(reversed(error.args[1]))
        first = error.args[1][0]
        raise NetworkError(f"{_where(place[first] + 1, first)}: a cycle, {way}") from None
    ready: list[tuple[int, str]] = []
    while sorter.is_active():
        for name in sorter.get_ready():
            heappush(ready, (place[name], name))
        _, name = heappop(ready)
        sorter.done(name)
        yield name
