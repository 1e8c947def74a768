"""The SymPy reference: formulas with their derivatives worked out, for publishing and for self-tests.

SymPy sees only expressions that are built here from our own trees; no text reaches its parser. It is
too slow for marking, and no worker that marks loads it.

Legend
------
raw         the derivative of a node's equation as written, by one name in it
link        the same with inner nodes folded in first
total       the sum over all ways from one node to the other
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import reduce
from typing import Any

import sympy

from grader.expression import Unreadable, read, show
from grader.language import LEAKY_SLOPE
from grader.network import RATE, Network, NetworkError
from grader.tree import Binary, Call, Group, Name, Negative, Number, Tree

Expression = Any  # a SymPy expression; SymPy is untyped
Definition = Callable[..., Expression]

_DIGITS = 30  # of a value that is not rational
_DERIVED = re.compile(r"\bd[A-Za-z0-9_]+?_d[A-Za-z]\w*|\bgrad_\w+")
_RENEWED = re.compile(r"\b\w+_new\b")


def _own(name: str, *slopes: Definition) -> Expression:
    """A function that SymPy leaves as it is and differentiates by ``slopes``, one an argument."""
    return type(name, (sympy.Function,), {"fdiff": lambda self, argindex=1: slopes[argindex - 1](*self.args)})


def _nothing(*arguments: Expression) -> Expression:
    return sympy.Integer(0)


_ABS: Expression = _own("abs", lambda z: z / _ABS(z))
_TANH_SLOPE: Expression = _own("tanh'", lambda z: -2 * _TANH(z) * _TANH_SLOPE(z))
_TANH: Expression = _own("tanh", _TANH_SLOPE)
_SIGMOID_SLOPE: Expression = _own("sigmoid'", lambda z: _SIGMOID_SLOPE(z) * (1 - 2 * _SIGMOID(z)))
_SIGMOID: Expression = _own("sigmoid", _SIGMOID_SLOPE)
_RELU_SLOPE: Expression = _own("relu'", _nothing)
_LEAKY_SLOPE: Expression = _own("leaky'", _nothing, lambda z, s: (1 - z / _ABS(z)) / 2)


def _step(z: Expression) -> Expression:
    return (1 + z / _ABS(z)) / 2


_FUNCTIONS: dict[str, Expression] = {
    "exp": sympy.exp,
    "ln": sympy.log,
    "sqrt": sympy.sqrt,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "abs": _ABS,
    "relu": _own("relu", _RELU_SLOPE),
    "relu'": _RELU_SLOPE,
    "leaky": _own("leaky", _LEAKY_SLOPE, lambda z, s: (z - _ABS(z)) / 2),
    "leaky'": _LEAKY_SLOPE,
    "sigmoid": _SIGMOID,
    "sigmoid'": _SIGMOID_SLOPE,
    "tanh": _TANH,
    "tanh'": _TANH_SLOPE,
    "max": _own("max", lambda a, b: _step(a - b), lambda a, b: _step(b - a)),
    "min": _own("min", lambda a, b: _step(b - a), lambda a, b: _step(a - b)),
}


def _sigmoid(z: Expression) -> Expression:
    return 1 / (1 + sympy.exp(-z))


def _sign(z: Expression) -> Expression:
    return z / sympy.Abs(z)


# What the functions of our own are at a number.
_VALUES: dict[str, Definition] = {
    "tanh": sympy.tanh,
    "abs": sympy.Abs,
    "relu": lambda z: sympy.Max(z, 0),
    "sigmoid": _sigmoid,
    "leaky": lambda z, s: sympy.Max(z, 0) + s * sympy.Min(z, 0),
    "max": sympy.Max,
    "min": sympy.Min,
    "relu'": lambda z: (1 + _sign(z)) / 2,
    "leaky'": lambda z, s: (1 + s) / 2 + (1 - s) / 2 * _sign(z),
    "sigmoid'": lambda z: _sigmoid(z) * (1 - _sigmoid(z)),
    "tanh'": lambda z: 1 - sympy.tanh(z) ** 2,
}
_NAMED = {"pi": sympy.pi, "e": sympy.E}
_CONSTANTS = {value: name for name, value in _NAMED.items()}
_SPELLED = {made: name for name, made in _FUNCTIONS.items() if name != "sqrt"}


def derive(network: Network, formula: str, earlier: Mapping[str, str] = {}, also: Iterable[str] = ()) -> str:
    """``formula`` with its derivatives worked out: over leaves, alpha, nodes and the names of new quantities.

    ``earlier``: names of earlier boxes -> their formulas, put in. ``also``: further numbers that it may name.
    Inner nodes are folded. Raises NetworkError for a formula that cannot be read or a derivative that the
    network does not have.
    """
    result = _derived(network, formula, earlier, also)
    text = show(_tree(sympy.factor_terms(result)))
    _readable(text, network, {*earlier, *also})
    return text


def evaluate(
    network: Network, formula: str, values: Mapping[str, Fraction | str], earlier: Mapping[str, str] = {}
) -> Fraction | float:
    """The value of ``formula`` at ``values`` of the leaves and of whatever else it names: exact if rational.

    nan at a kink or where it is not real. Raises NetworkError if a value is missing.
    """
    numbers = {name: sympy.Rational(*Fraction(value).as_integer_ratio()) for name, value in values.items()}
    for node in network.order:
        numbers.setdefault(node, _at(_symbolic(network.equations[node]), numbers))
    result = _at(_derived(network, formula, earlier, values), numbers)
    if result.free_symbols:
        raise NetworkError(f"there is no value for {', '.join(sorted(map(str, result.free_symbols)))}")
    if result.is_Rational:
        return Fraction(int(result.p), int(result.q))
    number = result.evalf(_DIGITS)
    return float(number) if number.is_real else float("nan")


def _derived(
    network: Network, formula: str, earlier: Mapping[str, str], also: Iterable[str] = ()
) -> Expression:
    tree = _readable(formula, network, {*earlier, *also})
    put = {sympy.Symbol(name): _derived(network, text, {}, also) for name, text in earlier.items()}
    for name in _DERIVED.findall(formula):
        put.setdefault(sympy.Symbol(name), derivative(network, name))
    return _folded(network, _symbolic(tree).xreplace(put))


def _readable(text: str, network: Network, also: Iterable[str]) -> Tree:
    known = {*network.roles, RATE, *also, *_DERIVED.findall(text), *_RENEWED.findall(text)}
    try:
        return read(text, sorted(known), decimal_comma=False)
    except Unreadable as error:
        raise NetworkError(f"the formula '{text}', character {error.span[0] + 1}: {error}") from None


def derivative(network: Network, name: str) -> Expression:
    """The SymPy expression of ``dA_dB`` or ``grad_B`` over leaves and nodes; raises NetworkError."""
    if name.startswith("grad_") and name[5:] in network.roles:
        return _total(network, network.loss, name[5:], {})
    for split in re.finditer("_d", name):
        output, input_ = name[1 : split.start()], name[split.end() :]
        if name[0] != "d" or output not in network.equations or input_ not in network.roles:
            continue
        equation = _symbolic(network.equations[output])
        if input_ in network.inner and input_ in network.uses(output):
            return equation.diff(sympy.Symbol(input_))
        if input_ in network.operands(output):
            return _folded(network, equation).diff(sympy.Symbol(input_))
        return _total(network, output, input_, {})
    raise NetworkError(f"'{name}' is not a derivative of this network")


def _total(network: Network, output: str, input_: str, known: dict[str, Expression]) -> Expression:
    """The sum over all ways from ``output`` to ``input_``; ``known`` holds what has been worked out."""
    if output == input_:
        return sympy.Integer(1)
    if output not in known:
        equation = _symbolic(network.equations[output]) if output in network.equations else sympy.Integer(0)
        known[output] = sympy.Add(
            *(
                equation.diff(sympy.Symbol(used)) * _total(network, used, input_, known)
                for used in network.uses(output)
            )
        )
    return known[output]


def _folded(network: Network, expression: Expression) -> Expression:
    for node in reversed(network.order):
        if node in network.inner:
            expression = expression.xreplace({sympy.Symbol(node): _symbolic(network.equations[node])})
    return expression


def _at(expression: Expression, numbers: Mapping[str, Expression]) -> Expression:
    """The expression with numbers put in; our own functions turn into numbers too, the inner ones first."""
    result = expression.xreplace({sympy.Symbol(name): number for name, number in numbers.items()})
    own = {_FUNCTIONS[name]: value for name, value in _VALUES.items()}
    return result.replace(lambda part: part.func in own, lambda part: own[part.func](*part.args))


def _symbolic(tree: Tree) -> Expression:
    """Our tree as a SymPy expression, node by node."""
    match tree:
        case Number(value=value):
            return sympy.Rational(value.numerator, value.denominator)
        case Name(name=name, constant=constant):
            return _NAMED[name] if constant else sympy.Symbol(name)
        case Negative(operand=operand):
            return -_symbolic(operand)
        case Group(inner=inner):
            return _symbolic(inner)
        case Call(function="leaky" | "leaky'" as function, arguments=(only,)):
            return _FUNCTIONS[function](_symbolic(only), sympy.Rational(LEAKY_SLOPE))
        case Call(function=function, arguments=arguments):
            return _FUNCTIONS[function](*map(_symbolic, arguments))
        case Binary(operator=operator, left=left, right=right):
            return _combined(operator, _symbolic(left), _symbolic(right))


def _combined(operator: str, left: Expression, right: Expression) -> Expression:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
        case _:
            return left**right


def _tree(expression: Expression) -> Tree:
    """A SymPy expression as our tree, without minus signs or quotients that nobody would write."""
    if expression.is_Add:
        first, *rest = sorted(expression.as_ordered_terms(), key=_is_negative)
        return reduce(_joined, rest, _tree(first))
    if _is_negative(expression):
        return _negative(_tree(-expression))
    above, below = sympy.fraction(expression, exact=True)
    if below != 1:
        return Binary("/", _tree(above), _tree(below))
    if expression.is_Mul:
        return reduce(_product, map(_tree, expression.as_ordered_factors()))
    if expression.is_Pow and expression.exp != sympy.Rational(1, 2):
        return Binary("^", _tree(expression.base), _tree(expression.exp))
    return _atom(expression)


def _atom(expression: Expression) -> Tree:
    if expression.is_Symbol:
        return Name(expression.name)
    if expression.is_Integer:
        return Number(Fraction(int(expression)), str(expression))
    if expression.is_Pow:
        return Call("sqrt", (_tree(expression.base),))
    if expression in _CONSTANTS:
        return Name(_CONSTANTS[expression], constant=True)
    return Call(_SPELLED[expression.func], tuple(map(_tree, expression.args)))


def _is_negative(expression: Expression) -> bool:
    """Whether it would be written with a minus sign in front."""
    return bool(expression.as_coeff_Mul()[0] < 0)


def _negative(tree: Tree) -> Tree:
    """``-a*b`` with the sign on the first factor, so that it needs no brackets."""
    match tree:
        case Binary(operator="*" | "/" as operator, left=left, right=right):
            return Binary(operator, _negative(left), right)
        case _:
            return Negative(tree)


def _product(left: Tree, right: Tree) -> Tree:
    return Binary("*", left, right)


def _joined(left: Tree, term: Expression) -> Tree:
    if _is_negative(term):
        return Binary("-", left, _tree(-term))
    return Binary("+", left, _tree(term))
