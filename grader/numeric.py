"""The NumPy reference: values forward, derivatives backward, for one variant or for many at once.

The rules of differentiation stand in ``operations``. Arrays of one shape go in for the leaves, one entry a
variant, and arrays of that shape come out. At a kink a derivative is nan, never a guess.

Legend
------
dA_dB    the link: B is an operand of A (inner nodes folded in); else the total derivative of A by B
grad_B   the total derivative of the loss by B
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike

from grader.network import Network, NetworkError
from grader.operations import CONSTANTS, Array, parts
from grader.sweeps import Plan, Wanted, plan
from grader.tree import Binary, Call, Group, Name, Negative, Number, Tree
from grader.waves import Indices, blocks, program


@dataclass(frozen=True, eq=False)
class Trace:
    """One forward pass. ``tape``: see ``waves``; ``more``: what was given beside the leaves, as alpha is."""

    network: Network
    tape: Array
    more: Mapping[str, Array]

    @cached_property
    def values(self) -> Mapping[str, Array]:
        """Leaves, what was given beside them, and nodes: arrays of one shape."""
        rows = program(self.network).rows
        leaves = dict(zip(self.network.leaves, self.tape, strict=False))
        return {**leaves, **self.more, **{node: self.tape[rows[node]] for node in self.network.order}}


class Named(Mapping[str, Array]):
    """Rows of one array by their names, each of which is taken out when it is asked for."""

    def __init__(self, places: Mapping[str, int], rows: Array) -> None:
        self._places, self._rows = places, rows

    def __getitem__(self, name: str) -> Array:
        row: Array = self._rows[self._places[name]]
        return row

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def trace(network: Network, values: Mapping[str, ArrayLike]) -> Trace:
    """The forward pass. ``values``: leaf -> number or array; KeyError names a leaf that is missing."""
    leaves, more = _given(network, tuple(values))
    given = _of_one_shape(list(values.values()))
    waves = program(network)
    tape = waves.tape(given[0].shape)
    if isinstance(given, np.ndarray):
        tape[: len(leaves)] = given[leaves]
    else:
        for row, place in enumerate(leaves):
            tape[row] = given[place]
    with np.errstate(all="ignore"):
        waves.forward(tape)
    return Trace(network, tape, {name: given[place] for name, place in more.items()})


def derivatives(network: Network, forward: Trace, wanted: Iterable[str] | None = None) -> Mapping[str, Array]:
    """The derivatives called ``wanted``; by default every link, opened ones too, and every weight's gradient.

    Raises NetworkError for a name that is no derivative of this network.
    """
    names = default_names(network) if wanted is None else tuple(wanted)
    waves, sweeps = program(network), _plan(network, names)
    found = np.zeros((sweeps.length, *forward.tape.shape[1:]))
    with np.errstate(all="ignore"):
        for block in blocks(forward.tape, waves.places):
            sweeps.run(waves.slopes(forward.tape[block]), found[block])
    found.flags.writeable = False
    return Named(sweeps.places, found)


def quantities(
    network: Network, values: Mapping[str, ArrayLike], also: Iterable[str] = ()
) -> dict[str, Array]:
    """Everything at once: leaves, nodes, links and gradients, and the derivatives called ``also``."""
    forward = trace(network, values)
    wanted = dict.fromkeys([*default_names(network), *also])
    return {**forward.values, **derivatives(network, forward, wanted)}


def evaluate(tree: Tree, values: Mapping[str, ArrayLike]) -> Array:
    """The value of an expression over the names in ``values``; KeyError names one that is missing."""
    with np.errstate(all="ignore"):
        return _value(tree, values)


@lru_cache(maxsize=64)
def default_names(network: Network) -> tuple[str, ...]:
    """Every link, folded and opened, and the gradient of every weight."""
    links = dict.fromkeys(
        f"d{node}_d{used}"
        for node in network.order
        for used in (*network.operands(node), *network.uses(node))
    )
    return (*links, *(f"grad_{weight}" for weight in network.weights))


@lru_cache(maxsize=64)
def _given(network: Network, names: tuple[str, ...]) -> tuple[Indices, Mapping[str, int]]:
    """Where the values of the leaves stand among those of ``names``, and where the others do."""
    places = {name: place for place, name in enumerate(names)}
    leaves = np.array([places[leaf] for leaf in network.leaves])
    return leaves, {name: places[name] for name in places.keys() - set(network.leaves)}


def _of_one_shape(given: Sequence[ArrayLike]) -> Array | Sequence[Array]:
    """Numbers as one array, which is much faster; arrays as they are."""
    if np.ndim(given[0]) == 0:
        with suppress(ValueError):  # not all are numbers
            return np.array(given, dtype=float)
    return np.broadcast_arrays(*(np.asarray(each, dtype=float) for each in given))


def _value(tree: Tree, values: Mapping[str, ArrayLike]) -> Array:
    match tree:
        case Number(value=value):
            return np.asarray(float(value))
        case Name(name=name, constant=constant):
            return np.asarray(CONSTANTS[name] if constant else values[name], dtype=float)
        case Group(inner=inner):
            return _value(inner, values)
        case Negative() | Binary() | Call():
            operation, operands = parts(tree)
            return operation.value(*(_value(operand, values) for operand in operands))


@lru_cache(maxsize=256)
def _plan(network: Network, wanted: tuple[str, ...]) -> Plan:
    """The sweeps that these derivatives need."""
    inner, every = frozenset(network.inner), frozenset(network.order)

    def sweep(name: str) -> Wanted:
        output, input_ = _ends(network, name)
        if input_ in inner and input_ in network.uses(output):
            return output, input_, frozenset()
        is_link = input_ in network.operands(output) and not name.startswith("grad_")
        return output, input_, inner if is_link else every

    return plan(program(network).users, {name: sweep(name) for name in wanted})


def _ends(network: Network, name: str) -> tuple[str, str]:
    """A and B of ``dA_dB`` or ``grad_B``."""
    known = network.roles
    if name.startswith("grad_") and name[5:] in known:
        return network.loss, name[5:]
    for split in re.finditer("_d", name):
        output, input_ = name[1 : split.start()], name[split.end() :]
        if name[0] == "d" and output in network.equations and input_ in known:
            return output, input_
    raise NetworkError(f"'{name}' is not a derivative of this network")
