"""The NumPy reference: values forward, derivatives backward, for one variant or for many at once.

Each rule of differentiation stands beside its operation. Arrays of one shape go in for the leaves, one entry
a variant, and arrays of that shape come out. At a kink a derivative is nan, never a guess.

Legend
------
dA_dB    the link: B is an operand of A (inner nodes folded in); else the total derivative of A by B
grad_B   the total derivative of the loss by B
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from grader.language import LEAKY_SLOPE
from grader.network import Network, NetworkError
from grader.tree import Binary, Call, Group, Name, Negative, Number, Tree, names

Array = NDArray[np.float64]
Rule = Callable[..., Array]
Tape = dict[int, Array]  # by the identity of a part of an expression: its value


@dataclass(frozen=True, slots=True)
class Operation:
    """A function of its operands, and its derivative by each of them."""

    value: Rule
    slopes: tuple[Rule, ...]


def _sigmoid(z: Array) -> Array:
    return np.exp(-np.logaddexp(0.0, -z))


def _step(z: Array) -> Array:
    """1 right of 0, 0 left of it, nan on it."""
    return np.heaviside(z, np.nan)


def _sign(z: Array) -> Array:
    return 2 * _step(z) - 1


def _slope(z: Array, s: Array) -> Array:
    """1 right of 0, s left of it, nan on it."""
    return s + (1 - s) * _step(z)


def _zero(*operands: Array) -> Array:
    """The derivative of a step, off its edge."""
    return 0 * operands[0]


OPERATIONS: Mapping[str, Operation] = {
    "+": Operation(np.add, (lambda a, b: np.ones_like(a), lambda a, b: np.ones_like(b))),
    "-": Operation(np.subtract, (lambda a, b: np.ones_like(a), lambda a, b: -np.ones_like(b))),
    "*": Operation(np.multiply, (lambda a, b: b, lambda a, b: a)),
    "/": Operation(np.divide, (lambda a, b: 1 / b, lambda a, b: -a / b**2)),
    "^": Operation(np.power, (lambda a, b: b * np.power(a, b - 1), lambda a, b: np.power(a, b) * np.log(a))),
    "negative": Operation(np.negative, (lambda a: -np.ones_like(a),)),
    "exp": Operation(np.exp, (np.exp,)),
    "ln": Operation(np.log, (lambda a: 1 / a,)),
    "sqrt": Operation(np.sqrt, (lambda a: 0.5 / np.sqrt(a),)),
    "abs": Operation(np.abs, (_sign,)),
    "sin": Operation(np.sin, (np.cos,)),
    "cos": Operation(np.cos, (lambda a: -np.sin(a),)),
    "tan": Operation(np.tan, (lambda a: 1 + np.tan(a) ** 2,)),
    "sinh": Operation(np.sinh, (np.cosh,)),
    "cosh": Operation(np.cosh, (np.sinh,)),
    "tanh": Operation(np.tanh, (lambda a: 1 - np.tanh(a) ** 2,)),
    "sigmoid": Operation(_sigmoid, (lambda a: _sigmoid(a) * _sigmoid(-a),)),
    "relu": Operation(lambda a: np.maximum(a, 0), (_step,)),
    "leaky": Operation(
        lambda a, s: np.maximum(a, 0) + s * np.minimum(a, 0), (_slope, lambda a, s: np.minimum(a, 0))
    ),
    "max": Operation(np.maximum, (lambda a, b: _step(a - b), lambda a, b: _step(b - a))),
    "min": Operation(np.minimum, (lambda a, b: _step(b - a), lambda a, b: _step(a - b))),
    "relu'": Operation(_step, (_zero,)),
    "leaky'": Operation(_slope, (_zero, lambda a, s: 1 - _step(a))),
    "sigmoid'": Operation(
        lambda a: _sigmoid(a) * _sigmoid(-a),
        (lambda a: _sigmoid(a) * _sigmoid(-a) * (1 - 2 * _sigmoid(a)),),
    ),
    "tanh'": Operation(lambda a: 1 - np.tanh(a) ** 2, (lambda a: -2 * np.tanh(a) * (1 - np.tanh(a) ** 2),)),
}

CONSTANTS = {"pi": np.pi, "e": np.e}
_LEAKY_SLOPE = Number(Fraction(LEAKY_SLOPE), LEAKY_SLOPE)


@dataclass(frozen=True, slots=True)
class Trace:
    """All values of one forward pass: leaves (alpha too, where given) and nodes, arrays of one shape."""

    values: Mapping[str, Array]


def trace(network: Network, values: Mapping[str, ArrayLike]) -> Trace:
    """The forward pass. ``values``: leaf -> number or array; KeyError names a leaf that is missing."""
    given = [*network.leaves, *(name for name in values if name not in network.leaves)]
    arrays = np.broadcast_arrays(*(np.asarray(values[name], dtype=float) for name in given))
    found: dict[str, Array] = dict(zip(given, arrays, strict=True))
    with np.errstate(all="ignore"):
        for node in network.order:
            found[node] = _value(network.equations[node], found, {})
    return Trace(found)


def derivatives(network: Network, forward: Trace, wanted: Iterable[str] | None = None) -> dict[str, Array]:
    """The derivatives called ``wanted``; by default every link, opened ones too, and every weight's gradient.

    Raises NetworkError for a name that is no derivative of this network.
    """
    with np.errstate(all="ignore"):
        by_sweep: dict[tuple[str, frozenset[str]], dict[str, Array]] = {}
        found = {}
        for name in default_names(network) if wanted is None else wanted:
            output, input_, through = _sweep(network, name)
            if (output, through) not in by_sweep:
                by_sweep[output, through] = _backward(network, forward.values, output, through)
            found[name] = by_sweep[output, through].get(input_, np.zeros_like(forward.values[output]))
    return found


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
        return _value(tree, {name: np.asarray(value, dtype=float) for name, value in values.items()}, {})


def default_names(network: Network) -> list[str]:
    """Every link, folded and opened, and the gradient of every weight."""
    links = dict.fromkeys(
        f"d{node}_d{used}"
        for node in network.order
        for used in (*network.operands(node), *network.uses(node))
    )
    return [*links, *(f"grad_{weight}" for weight in network.weights)]


def _sweep(network: Network, name: str) -> tuple[str, str, frozenset[str]]:
    """(A, B, the nodes to differentiate through) for ``dA_dB`` or ``grad_B``."""
    output, input_ = _ends(network, name)
    if input_ in network.inner and input_ in network.uses(output):
        return output, input_, frozenset()
    if input_ in network.operands(output) and not name.startswith("grad_"):
        return output, input_, frozenset(network.inner)
    return output, input_, frozenset(network.order)


def _ends(network: Network, name: str) -> tuple[str, str]:
    known = network.roles
    if name.startswith("grad_") and name[5:] in known:
        return network.loss, name[5:]
    for split in re.finditer("_d", name):
        output, input_ = name[1 : split.start()], name[split.end() :]
        if name[0] == "d" and output in network.equations and input_ in known:
            return output, input_
    raise NetworkError(f"'{name}' is not a derivative of this network")


def _backward(
    network: Network, values: Mapping[str, Array], output: str, through: frozenset[str]
) -> dict[str, Array]:
    """The derivative of ``output`` by every name it reaches, going on behind the nodes in ``through``."""
    found: dict[str, Array] = {output: np.ones_like(values[output])}
    for node in reversed(network.order):
        if node in found and (node == output or node in through):
            for name, slope in _gradient(network.equations[node], values).items():
                found[name] = found.get(name, 0) + found[node] * slope
    return found


def _gradient(tree: Tree, values: Mapping[str, Array]) -> dict[str, Array]:
    """The derivative of one equation by each name in it, the other names held."""
    found: dict[str, Array] = {}
    tape: Tape = {}

    def back(part: Tree, slope: Array) -> None:
        match part:
            case Name(name=name, constant=False):
                found[name] = found.get(name, 0) + slope
            case Group(inner=inner):
                back(inner, slope)
            case Negative() | Binary() | Call():
                operation, operands = parts(part)
                inputs = [tape[id(operand)] for operand in operands]
                for operand, rule in zip(operands, operation.slopes, strict=True):
                    if not _is_constant(operand):
                        back(operand, slope * rule(*inputs))

    back(tree, np.ones_like(_value(tree, values, tape)))
    return found


def _value(tree: Tree, values: Mapping[str, Array], tape: Tape) -> Array:
    """The value of an expression; those of its parts are left on the tape."""
    match tree:
        case Number(value=value):
            result = np.asarray(float(value))
        case Name(name=name, constant=constant):
            result = np.asarray(CONSTANTS[name]) if constant else values[name]
        case Group(inner=inner):
            result = _value(inner, values, tape)
        case Negative() | Binary() | Call():
            operation, operands = parts(tree)
            result = operation.value(*(_value(operand, values, tape) for operand in operands))
    tape[id(tree)] = result
    return result


def parts(tree: Negative | Binary | Call) -> tuple[Operation, tuple[Tree, ...]]:
    """The operation of an expression that is no leaf, and what it works on."""
    match tree:
        case Negative(operand=operand):
            return OPERATIONS["negative"], (operand,)
        case Binary(operator=operator, left=left, right=right):
            return OPERATIONS[operator], (left, right)
        case Call(function="leaky" | "leaky'" as function, arguments=(only,)):
            return OPERATIONS[function], (only, _LEAKY_SLOPE)
        case Call(function=function, arguments=arguments):
            return OPERATIONS[function], arguments


def _is_constant(tree: Tree) -> bool:
    return not names(tree)
