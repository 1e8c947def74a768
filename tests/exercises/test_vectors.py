"""Vector equations become the scalar equations of their entries, and a shape that does not fit is named."""

import re
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from exercises.nested import flat
from exercises.structure import network_of
from exercises.vectors import elaborate, entries
from grader.network import NetworkError
from grader.numeric import quantities

Array = NDArray[np.float64]
SIZE = st.integers(1, 4)
TWO_LAYERS = {"z": "W*x + b", "h": "tanh(z)", "yhat": "U*h", "L": "mean((y - yhat)^2)"}
FIT = {"W": [2, 3], "x": [3], "b": [2], "c": [3]}


def two_layers(n: int, m: int, k: int) -> dict[str, tuple[int, ...]]:
    """Shapes of a network from n inputs over m hidden units to k predictions."""
    return {"x": (n,), "W": (m, n), "b": (m,), "U": (k, m), "y": (k,)}


def worked_out(leaves: Mapping[str, Array], shapes: Mapping[str, tuple[int, ...]]) -> dict[str, float]:
    """All quantities of the scalar network at these vectors and matrices."""
    numbers = {
        e: float(v) for name in leaves for e, v in flat(name, shapes[name], leaves[name].tolist()).items()
    }
    network = network_of(elaborate(TWO_LAYERS, shapes).equations)
    return {name: float(value) for name, value in quantities(network, numbers).items()}


def used_in(equation: str) -> dict[str, list[int]]:
    """The shapes of the vectors and matrices in it."""
    return {name: FIT[name] for name in re.findall(r"\b[Wxbc]\b", equation)}


@settings(max_examples=25, deadline=None)
@given(n=SIZE, m=SIZE, k=SIZE, seed=st.integers(0, 10**6))
def test_any_two_layers_agree_with_numpy_forward_and_backward(n: int, m: int, k: int, seed: int) -> None:
    shapes, random = two_layers(n, m, k), np.random.default_rng(seed)
    at = {name: random.uniform(-1, 1, shape) for name, shape in shapes.items()}
    h = np.tanh(at["W"] @ at["x"] + at["b"])
    yhat = at["U"] @ h
    delta_out = 2 * (yhat - at["y"]) / k
    delta = at["U"].T @ delta_out * (1 - h**2)

    found = worked_out(at, shapes)

    for name, right in {"h": h, "yhat": yhat}.items():
        assert [found[entry] for entry in entries(name, right.shape)] == pytest.approx(right.ravel())
    gradients = {"W": np.outer(delta, at["x"]), "b": delta, "U": np.outer(delta_out, h)}
    for name, right in gradients.items():
        got = [found[f"grad_{entry}"] for entry in entries(name, right.shape)]
        assert got == pytest.approx(right.ravel(), abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(rows=SIZE, columns=SIZE, length=SIZE)
def test_a_product_is_refused_exactly_where_numpy_refuses_it(rows: int, columns: int, length: int) -> None:
    shapes = {"W": (rows, columns), "x": (length,)}
    equations = {"yhat": "sum(W*x)", "L": "(y - yhat)^2"}
    try:
        np.ones((rows, columns)) @ np.ones(length)
    except ValueError:
        with pytest.raises(NetworkError, match=f"the {columns} columns of W must meet {columns} entries"):
            elaborate(equations, shapes)
    else:
        assert elaborate(equations, shapes).equations["yhat"].count("*") == rows * columns


@pytest.mark.parametrize(
    ("equation", "written"),
    [
        ("c*x", "c1*x1 + c2*x2 + c3*x3"),
        ("dot(c, x)", "c1*x1 + c2*x2 + c3*x3"),
        ("mean(x)", "(x1 + x2 + x3)/3"),
        ("sum(2*x)^2", "(2*x1 + 2*x2 + 2*x3)^2"),
        ("sum(softmax(b))", "exp(b1)/(exp(b1) + exp(b2)) + exp(b2)/(exp(b1) + exp(b2))"),
        ("dot(transpose(W)*b, x)", "(w11*b1 + w21*b2)*x1 + (w12*b1 + w22*b2)*x2 + (w13*b1 + w23*b2)*x3"),
        (
            "sum(W*transpose(W))",
            "w11*w11 + w12*w12 + w13*w13 + (w11*w21 + w12*w22 + w13*w23)"
            " + (w21*w11 + w22*w12 + w23*w13) + (w21*w21 + w22*w22 + w23*w23)",
        ),
        ("sum(-leaky(x, 0.1)/2)", "-leaky(x1, 0.1)/2 + -leaky(x2, 0.1)/2 + -leaky(x3, 0.1)/2"),
        ("sum(x + sum(b)*c)", "x1 + (b1 + b2)*c1 + (x2 + (b1 + b2)*c2) + (x3 + (b1 + b2)*c3)"),
    ],
)
def test_an_operation_is_written_out(equation: str, written: str) -> None:
    used = used_in(equation)
    assert elaborate({"L": equation}, used).equations["L"] == written


@pytest.mark.parametrize(
    ("equation", "message"),
    [
        ("sum(W*b)", "W is 2 x 3 and b has 2 entries; the 3 columns of W must meet 3 entries"),
        ("sum(W*W)", "W is 2 x 3 and W is 2 x 3; the 3 columns of W must meet 3 rows"),
        ("sum(x*W)", "x has 3 entries and W is 2 x 3; put the matrix first, or transpose it"),
        ("b*x", "b has 2 entries and x has 3 entries; a dot product needs as many"),
        ("sum(W*x + c)", "W*x has 2 entries and c has 3 entries; both sides of + need the same shape"),
        ("sum(x - 1)", "x has 3 entries and 1 is a number; both sides of - need the same shape"),
        ("sum(x/c)", "c has 3 entries; / takes a number on its right"),
        ("sum(W^2)", "W is 2 x 3; only numbers and vectors are raised to a power"),
        ("dot(W, W)", "dot takes two vectors of one length; W is 2 x 3 and W is 2 x 3"),
        ("sum(softmax(W))", "softmax takes a vector, and W is 2 x 3"),
        ("sum(2)", "sum takes a vector, and 2 is a number"),
        ("transpose(x)", "transpose takes a matrix, and x has 3 entries"),
        ("sum(max(x, b))", "x has 3 entries and b has 2 entries; max needs the same shape"),
        ("tanh(x)", "tanh(x) has 3 entries; a loss is one number, as sum(...) makes it"),
        ("sum(x", "character 4: The bracket"),
        ("sum(x, c)", "character 5: The function sum takes this many values: 1; here are 2."),
        ("sum(x) + sum(c + * 1)", "character 18: Something is missing before"),
        ("sum(x) + L", "it uses 'L', which has no equation before it"),
        ("sum(transpose(W)*W*x) + " + "+".join(["sum(x)"] * 30), "more than 26"),
    ],
)
def test_a_shape_that_does_not_fit_is_named_with_its_equation(equation: str, message: str) -> None:
    used = used_in(equation)
    with pytest.raises(NetworkError) as refused:
        elaborate({"L": equation}, used)

    assert str(refused.value).startswith("equation 1, 'L'")
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("equations", "shapes", "message"),
    [
        ({"L": "sum(x)"}, {"x": [10]}, "'shapes' of 'x': write [entries] for a vector"),
        ({"L": "sum(x)"}, {"x": [2, 2, 2]}, "'shapes' of 'x'"),
        ({"L": "sum(x)"}, {"x": [2], "c": [2]}, "gives a shape to 'c', which is not in the equations"),
        (
            {"h": "2*x", "L": "sum(h)"},
            {"x": [2], "h": [3]},
            "'shapes' says that h has 3 entries, but 2*x has 2",
        ),
        ({"L": "sum(W*x) + w12"}, {"W": [2, 2], "x": [2]}, "'w12' and 'W' would both be written 'w12'"),
        ({"L": "sum(W*x + w1)"}, {"W": [2, 2], "x": [2], "w1": [2]}, "would both be written 'w11'"),
    ],
)
def test_shapes_that_cannot_be_are_refused(
    equations: dict[str, str], shapes: dict[str, list[int]], message: str
) -> None:
    with pytest.raises(NetworkError) as refused:
        elaborate(equations, shapes)

    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([[1, 2], [3]], "the rows of 'W' are not all of one length"),
        ([1, 2], "'W' is 2 x 2; here are numbers for 2 entries"),
        (5, "'W' is 2 x 2; here are numbers for a number"),
    ],
)
def test_numbers_of_another_shape_are_refused(given: object, message: str) -> None:
    with pytest.raises(NetworkError) as refused:
        flat("W", (2, 2), given)

    assert str(refused.value) == message
