"""Every rule that says what sign a value has, or that a side of a kink is empty, against mpmath."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from random import Random

import mpmath
import pytest

from grader import definite
from grader.budget import Budget
from grader.case import Case
from grader.cells import explore
from grader.equivalence import compare
from grader.expression import read
from grader.facts import FACTS
from grader.gaps import gap
from grader.kinks import signs, values_at
from grader.program import build
from grader.tree import Binary, Call, Name, Negative, Tree
from tests.grader.mutants import evaluate
from tests.grader.rewriting import call, number, op

NAMES = ("x", "y", "z")
PAIRS = 250


def points(random: Random, count: int) -> list[dict[str, Fraction]]:
    """Small and large, of all signs, and some on whole numbers."""
    sizes = (1, 1, 3, 3, 10, 40)
    return [
        {name: Fraction(random.randrange(-64, 65), 64) * random.choice(sizes) for name in NAMES}
        for _ in range(count)
    ]


def polynomial(random: Random, size: int) -> Tree:
    """A random sum of products in which an even power, a root or a function is likely."""
    if size == 0:
        return random.choice((Name(random.choice(NAMES)), number(random.randrange(1, 5))))
    part = polynomial(random, size - 1)
    match random.randrange(9):
        case 0:
            return op("^", part, number(2))
        case 1:
            return call("sqrt", op("+", op("^", part, number(2)), number(random.randrange(3))))
        case 2:
            return call(random.choice(("exp", "abs", "sigmoid")), part)
        case 3:
            return Negative(part)
        case 4:
            return op("/", part, number(random.randrange(1, 4)))
        case _:
            return op(random.choice("++--*"), part, polynomial(random, random.randrange(size)))


def test_a_sum_that_is_said_never_to_change_its_sign_never_does() -> None:
    random, told = Random(3), Counter[int]()
    for _ in range(PAIRS * 8):
        tree = op(random.choice("+-"), polynomial(random, 2), polynomial(random, 2))
        program = build(tree, tree, NAMES)
        sign = definite.sign(program.nodes, program.left)
        told[sign] += 1
        for point in points(random, 12) if sign else ():
            found = evaluate(tree, point)
            assert found is None or sign * found >= -(mpmath.mpf(10) ** -40), (tree, point)
    assert min(told[1], told[-1]) > PAIRS / 10


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("x^2-6*x+10", 1),
        ("x^2+x*y+y^2", 1),
        ("x^2+2*x*y+y^2-1", 0),
        ("x^2+3*x*y+y^2", 0),
        ("x^4-2*x^2*y^2+y^4", 1),
        ("x+sqrt(1+x^2)", 1),
        ("x-sqrt(1+x^2)", -1),
        ("x-sqrt(x^2-1)", 0),
        ("2*x*y-x^2-y^2-1", -1),
        ("exp(x)^2-exp(x)+1", 1),
        ("exp(x)^2+exp(x)-1", 0),
        ("exp(x)+sqrt(y)+1", 1),
    ],
)
def test_sums_that_never_change_their_sign_are_known(text: str, sign: int) -> None:
    program = build(read(text, NAMES), read(text, NAMES), NAMES)
    assert definite.sign(program.nodes, program.left) == sign


HALVES = (0, Fraction(1, 2), 1)


def argument(random: Random) -> Tree:
    """What stands in a kink: shifted values of rising functions, products and quotients."""
    x, y = Name(random.choice(NAMES)), Name(random.choice(NAMES))
    inner = random.choice((x, op("-", x, y), op("*", number(2), x), op("+", x, number(1))))
    function = random.choice(("exp", "sigmoid", "tanh", "sinh", "sqrt", "ln", "sin"))
    other = random.choice((number(0), number(1), number(Fraction(1, 2)), Call(function, (y,)), y))
    shapes = (op("-", Call(function, (inner,)), other), op(random.choice("*/"), inner, Call(function, (y,))))
    split = op(random.choice("+-"), op("*", x, inner), op("*", inner, op("-", y, other)))
    soft = op(
        "-", call("ln", op("+", number(1), call("exp", inner))), op("*", number(random.choice(HALVES)), x)
    )
    near = op("-", inner, call(random.choice(("sin", "tanh", "sinh")), inner))
    return random.choice((*shapes, op(random.choice("*/"), x, y), inner, split, soft, near))


def kinked(random: Random) -> tuple[Tree, Tree]:
    """Two sides that agree on some sides of their kinks, and perhaps on all."""
    first, second = argument(random), argument(random)
    bend = random.choice(("relu", "abs"))
    pieces = [
        call(bend, first),
        op("*", call(bend, first), call("relu", second)),
        call("max", first, second),
        op("*", op("/", call("abs", second), second), first),
    ]
    left = random.choice(pieces)
    right = random.choice((first, second, number(0), Negative(first), *pieces))
    return (left, right) if random.random() < 0.7 else (op("*", left, call(bend, right)), number(0))


@pytest.mark.parametrize("seed", range(4))
def test_no_side_of_a_kink_is_taken_to_be_empty_that_is_not(seed: int) -> None:
    random, told = Random(seed), Counter[str]()
    for _ in range(PAIRS):
        left, right = kinked(random)
        verdict = compare(left, right, NAMES).verdict
        told[verdict] += 1
        for point in points(random, 25) if verdict == "equal" else ():
            a, b = evaluate(left, point), evaluate(right, point)
            assert a is None or b is None or abs(a - b) < mpmath.mpf(10) ** -30 * (1 + abs(a)), (left, right)
    assert told["equal"] > PAIRS / 20
    assert told["undecided"] < PAIRS / 10


def tiny(random: Random) -> Tree:
    """A number near 0 that is never 0, or something that may be."""
    steep = number(random.randrange(5, 60))
    shapes = (
        call("exp", Negative(steep)),
        op("-", number(1), call("tanh", steep)),
        op("-", call("sigmoid", steep), number(1)),
        op("/", number(1), call("cosh", steep)),
        op("^", call("sin", Name("x")), number(2)),
        op("-", call("sin", steep), number(Fraction(1, 2))),
    )
    return random.choice(shapes)


def test_the_side_that_is_said_to_be_larger_is() -> None:
    random, told = Random(5), Counter[int]()
    for _ in range(PAIRS):
        same = random.choice((call("cos", Name("y")), op("*", Name("x"), Name("y")), number(3)))
        part = tiny(random)
        left, right = op(random.choice("+-"), same, part), same
        sign = gap(Case(build(left, right, NAMES), Budget()))
        told[sign] += 1
        for point in points(random, 4) if sign else ():
            difference = evaluate(Binary("-", left, right), point)
            assert difference is None or sign * difference > 0, (left, right)
    assert min(told[1], told[-1], told[0]) > PAIRS / 10


@pytest.mark.parametrize("seed", range(3))
def test_every_point_lies_in_a_cell_that_is_not_called_empty(seed: int) -> None:
    random, held = Random(seed), 0
    for _ in range(PAIRS // 3):
        case = Case(build(*kinked(random), NAMES), Budget(10**6))
        found = [cell for cell in explore(case) if not cell.is_empty()]
        for point in points(random, 8):
            values = values_at(case.program, tuple(point[name] for name in NAMES), 256)
            if all(values[k] is not None for k in case.program.used):
                here = signs(values, case.bends)
                is_inside = here.keys() == case.bends.keys()
                assert not is_inside or any(cell.holds(here) for cell in found), (case.program, point)
                held += is_inside
    assert held > PAIRS / 3


@pytest.mark.parametrize("function", sorted(FACTS.keys() - {"pi"}))
def test_what_is_said_of_a_function_holds_for_all_arguments(function: str) -> None:
    name = "sqrt" if function == "root" else function
    for argument in (Fraction(n, 16) for n in range(-160, 161)):
        value = evaluate(call(name, number(argument)), {})
        for of_value, of_argument, constant, strict in FACTS[function] if value is not None else ():
            others = of_argument * argument + constant
            total = of_value * value + mpmath.mpf(others.numerator) / others.denominator
            assert total > 0 if strict else total >= 0, argument


def test_twice_a_root_is_at_most_what_is_under_it_and_1() -> None:
    assert compare(read("relu(x+1-2*sqrt(x))", NAMES), read("x+1-2*sqrt(x)", NAMES), NAMES).verdict == "equal"
    assert compare(read("relu(x-2*sqrt(x))", NAMES), read("x-2*sqrt(x)", NAMES), NAMES).verdict == "different"
