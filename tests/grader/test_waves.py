"""The waves of the NumPy reference: they give what each equation gives, worked out number by number."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from types import MappingProxyType

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grader import numeric, waves
from grader.network import Network
from grader.tree import Binary, Call, Group, Name, Negative, Number, Tree

Reals = Mapping[str, mpmath.mpf]
NONE: Reals = MappingProxyType({})
LEAKY = mpmath.mpf("0.2")
STEP = mpmath.mpf(10) ** -20
LEAVES = ("x1", "x2", "w1", "w2", "b1", "y1")
UNARY = (
    "relu", "leaky", "abs", "tanh", "sigmoid", "sin", "cos", "tan", "sinh", "cosh", "exp",
    "relu'", "leaky'", "sigmoid'", "tanh'",
)  # fmt: skip
BINARY = ("{0} + {1}", "{0} - {1}", "{0}*{1}", "{0}/(2 + ({1})^2)", "max({0}, {1})", "min({0}, {1})")
OTHERS = ("-{0}", "leaky({0}, 0.3)", "({0})^2", "2^({0})", "ln(1 + ({0})^2)", "sqrt(1 + ({0})^2)", "{0}/pi")


def sigmoid(z: mpmath.mpf) -> mpmath.mpf:
    return 1 / (1 + mpmath.exp(-z))


FUNCTIONS: Mapping[str, Callable[..., mpmath.mpf]] = {
    "relu": lambda z: max(z, mpmath.mpf(0)),
    "relu'": lambda z: mpmath.mpf(z > 0),
    "leaky": lambda z, s=LEAKY: z if z > 0 else s * z,
    "leaky'": lambda z, s=LEAKY: mpmath.mpf(1) if z > 0 else s,
    "sigmoid": sigmoid,
    "sigmoid'": lambda z: sigmoid(z) * (1 - sigmoid(z)),
    "tanh'": lambda z: 1 - mpmath.tanh(z) ** 2,
    "abs": abs,
    "max": max,
    "min": min,
    "ln": mpmath.log,
}
BINARIES: Mapping[str, Callable[[mpmath.mpf, mpmath.mpf], mpmath.mpf]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": lambda a, b: a**b,
}


def real(tree: Tree, values: Reals) -> mpmath.mpf:
    match tree:
        case Number(value=value):
            return mpmath.mpf(value.numerator) / value.denominator
        case Name(name=name, constant=constant):
            return {"pi": mpmath.pi, "e": mpmath.e}[name] * 1 if constant else values[name]
        case Group(inner=inner):
            return real(inner, values)
        case Negative(operand=operand):
            return -real(operand, values)
        case Binary(operator=operator, left=left, right=right):
            return BINARIES[operator](real(left, values), real(right, values))
        case Call(function=function, arguments=arguments):
            work = FUNCTIONS.get(function) or getattr(mpmath, function)
            return work(*(real(argument, values) for argument in arguments))


def reals(network: Network, leaves: Reals, held: Reals = NONE) -> Reals:
    """All values, number by number; a name in ``held`` keeps its value whatever its equation says."""
    values = {**leaves, **held}
    for node in network.order:
        if node not in held:
            values[node] = real(network.equations[node], values)
    return values


def difference(network: Network, leaves: Reals, output: str, name: str, fixed: set[str]) -> float:
    """The central difference of ``output`` by ``name`` with the nodes in ``fixed`` held where they are."""
    now = reals(network, leaves)
    held = {node: now[node] for node in fixed - {output, name}}
    high, low = (reals(network, leaves, held | {name: now[name] + by})[output] for by in (STEP, -STEP))
    return float((high - low) / (2 * STEP))


@st.composite
def formulas(draw: st.DrawFn, names: list[str], depth: int = 2) -> str:
    """A formula over some of the names, the same one perhaps several times."""
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from([*names, *names, "0.7", "3"]))
    shape = draw(st.sampled_from([*BINARY, *OTHERS, *(f"{name}({{0}})" for name in UNARY)]))
    return "(" + shape.format(*(draw(formulas(names, depth - 1)) for _ in range(2))) + ")"


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Every node uses the one before it and whatever else the formula takes up: paths are shared."""
    nodes = draw(
        st.sampled_from([("z1", "h1", "yhat"), ("h1", "z1", "z2", "yhat"), ("z1", "z2", "h1", "yhat")])
    )
    equations = {nodes[0]: f"w1*x1 + {draw(formulas(list(LEAVES[:5])))}"}
    for before, node in pairwise(nodes):
        equations[node] = f"w2*{before} + {draw(formulas([*LEAVES[:5], *equations]))}"
    return Network.from_equations(equations | {"L": f"(y1 - yhat)^2 + {draw(formulas([*equations]))}"})


def numbers(network: Network, data: st.DataObject) -> dict[str, float]:
    tenths = st.integers(-15, 15).filter(bool).map(lambda n: n / 10 + 1 / 97)
    return {leaf: data.draw(tenths, label=leaf) for leaf in network.leaves}


def close(number: float) -> object:
    return pytest.approx(number, rel=1e-9, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(network=networks(), data=st.data())
def test_values_and_total_derivatives_are_those_of_mpmath_on_random_networks(
    network: Network, data: st.DataObject
) -> None:
    leaves, node = numbers(network, data), data.draw(st.sampled_from(network.order))
    others = [leaf for leaf in network.weights if leaf not in network.operands(node)]
    found = numeric.quantities(network, leaves, [f"d{node}_d{leaf}" for leaf in others])
    assume(all(np.isfinite(value) and abs(value) < 1e6 for value in found.values()))
    with mpmath.workdps(50):
        exactly = {name: mpmath.mpf(value) for name, value in leaves.items()}
        for name, value in reals(network, exactly).items():
            assert found[name] == close(float(value)), name
        for weight in network.weights:
            assert found[f"grad_{weight}"] == close(difference(network, exactly, "L", weight, set()))
        for weight in others:
            assert found[f"d{node}_d{weight}"] == close(difference(network, exactly, node, weight, set()))


@settings(max_examples=40, deadline=None)
@given(network=networks(), data=st.data())
def test_links_are_those_of_mpmath_with_the_other_nodes_held(network: Network, data: st.DataObject) -> None:
    leaves, node = numbers(network, data), data.draw(st.sampled_from(network.order))
    found = numeric.quantities(network, leaves)
    assume(all(np.isfinite(value) and abs(value) < 1e6 for value in found.values()))
    inner, order = set(network.inner), set(network.order)
    with mpmath.workdps(50):
        exactly = {name: mpmath.mpf(value) for name, value in leaves.items()}
        for name in {*network.operands(node), *network.uses(node)}:
            held = order if name in inner else order - inner
            assert found[f"d{node}_d{name}"] == close(difference(network, exactly, node, name, held)), name


@settings(max_examples=30, deadline=None)
@given(network=networks(), data=st.data(), rows=st.integers(1, 40))
def test_each_of_many_variants_is_worked_out_as_if_it_were_alone(
    network: Network, data: st.DataObject, rows: int
) -> None:
    leaves = {name: value + 0.1 * np.arange(rows) for name, value in numbers(network, data).items()}
    together, at = numeric.quantities(network, leaves), data.draw(st.integers(0, rows - 1))
    for name, value in numeric.quantities(network, {leaf: v[at] for leaf, v in leaves.items()}).items():
        np.testing.assert_allclose(together[name][at], value, rtol=1e-12, atol=1e-12, err_msg=name)


WIDE = {
    "h1": "tanh(w1*x1 + w2*x2 + b1 + x1 + x2 + w1 + w2 + w1*x2 + w2*x1 + w1*w2 + 3 + x1*x2)",
    "yhat": "w3*h1 + h1^2",
    "L": "(y - yhat)^2/2",
}
WIDE_LEAVES = {"x1": 0.1, "x2": 0.7, "w1": 0.3, "w2": -1.1, "w3": 0.9, "b1": 1e-9, "y": 1.0}


def test_a_long_sum_is_the_same_to_the_last_bit_however_many_variants_there_are() -> None:
    terms = " + ".join(f"w{place}*x1" for place in range(40))
    network = Network.from_equations({"h1": terms, "yhat": "h1", "L": "(y - yhat)^2"})
    leaves = {leaf: 1 / (7 + place) for place, leaf in enumerate(network.leaves)}
    rows = np.arange(50) / 7
    together = numeric.trace(network, leaves | {"w1": rows}).values["h1"]
    assert [numeric.trace(network, leaves | {"w1": row}).values["h1"] for row in rows] == list(together)


def test_more_variants_than_are_worked_with_at_once_are_taken_in_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = Network.from_equations(WIDE)
    leaves = WIDE_LEAVES | {"x1": np.linspace(-1, 1, 101)}
    at_once = numeric.quantities(network, leaves)
    monkeypatch.setattr(waves, "BLOCK", 7 * waves.program(network).length)
    for name, value in numeric.quantities(network, leaves).items():
        np.testing.assert_array_equal(value, at_once[name], err_msg=name)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3)])
def test_everything_has_the_shape_of_the_variants(shape: tuple[int, ...]) -> None:
    network = Network.from_equations(WIDE)
    found = numeric.quantities(network, WIDE_LEAVES | {"alpha": np.full(shape, 0.1)}, ["dh1_dw3"])
    assert {np.shape(value) for value in found.values()} == {shape}
    assert {value.dtype for value in found.values()} == {np.dtype(float)}


def test_numbers_and_arrays_of_several_shapes_go_in_together() -> None:
    network = Network.from_equations(WIDE)
    given = WIDE_LEAVES | {"w1": [[0.3], [0.5]], "x2": np.array([0.7, 0.1, 0.2])}
    found = numeric.quantities(network, given)
    alone = numeric.quantities(network, WIDE_LEAVES | {"w1": 0.5, "x2": 0.2})
    assert all(found[name][1, 2] == close(float(value)) for name, value in alone.items())


def test_a_name_that_a_node_does_not_depend_on_has_the_derivative_zero() -> None:
    network = Network.from_equations(WIDE)
    forward = numeric.trace(network, WIDE_LEAVES)
    assert dict(numeric.derivatives(network, forward, ["dh1_dw3", "dh1_dy", "dh1_dh1"])) == {
        "dh1_dw3": 0,
        "dh1_dy": 0,
        "dh1_dh1": 1,
    }


@pytest.mark.parametrize("formula", ["relu(z)", "leaky(z)", "abs(z)", "max(z, 0)", "min(0, z)"])
def test_at_a_kink_there_is_no_derivative_and_off_it_there_is(formula: str) -> None:
    equations = {"z": "w1*x1", "h1": formula, "yhat": "h1 + w2", "L": "(y - yhat)^2"}
    network = Network.from_equations(equations, {"z": "inner"})
    found = numeric.quantities(network, {"w1": np.array([-1.0, 0, 1]), "x1": 1, "w2": 1, "y": 1})
    assert list(np.isnan(found["dh1_dz"])) == list(np.isnan(found["grad_w1"])) == [False, True, False]
    assert not np.isnan(found["grad_w2"]).any()


def test_a_kink_that_the_wanted_derivative_does_not_pass_leaves_it_alone() -> None:
    network = Network.from_equations(
        {"h1": "relu(w1*x1)", "yhat": "h1 + w2*x1", "L": "(y - yhat)^2 + yhat^x2"}
    )
    found = numeric.quantities(network, {"w1": 0, "x1": -1, "x2": 2, "w2": 1, "y": 1})
    assert np.isnan(found["grad_w1"])
    assert found["grad_w2"] == close(6)
    assert found["dL_dyhat"] == close(-6)


def test_a_value_that_was_given_out_cannot_be_overwritten() -> None:
    network = Network.from_equations(WIDE)
    found = numeric.quantities(network, WIDE_LEAVES | {"x1": np.ones(3)})
    for name in ("h1", "grad_w1"):
        with pytest.raises(ValueError, match="read-only"):
            found[name][0] = 7


def test_layers_of_products_are_few_waves_however_wide_they_are() -> None:
    def count(width: int) -> int:
        units = range(width)
        layers = {f"h{u}": "tanh(" + " + ".join(f"w{u}_{v}*x{v}" for v in units) + ")" for u in units}
        last = {"yhat": " + ".join(f"v{u}*h{u}" for u in units), "L": "(y - yhat)^2"}
        return len(waves.program(Network.from_equations(layers | last)).waves)

    assert count(2) == count(20)
