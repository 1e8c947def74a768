"""The two references: the lesson's numbers to the last digit, and NumPy = SymPy = central difference."""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grader import numeric, symbolic
from grader.network import Network, NetworkError
from tests.grader.test_network import SEED

SEED_VALUES = {
    "x1": "0.5", "x2": "0.8", "w1": "1.2", "w2": "0.5", "w3": "2", "w4": "-1.25", "y": "1", "alpha": "0.1",
}  # fmt: skip

# TEACHING.md section 1.1.
SEED_NUMBERS = {
    "z1": "0.6", "z2": "0.4", "h1": "0.6", "h2": "0.4", "yhat": "0.7", "L": "0.09",
    "dL_dyhat": "-0.6", "dyhat_dw3": "0.6", "dyhat_dw4": "0.4", "grad_w3": "-0.36", "grad_w4": "-0.24",
    "dyhat_dh1": "2", "dyhat_dh2": "-1.25", "dL_dh1": "-1.2", "dL_dh2": "0.75",
    "dh1_dz1": "1", "dh2_dz2": "1", "dz1_dw1": "0.5", "dz2_dw2": "0.8", "dh1_dw1": "0.5", "dh2_dw2": "0.8",
    "grad_w1": "-0.6", "grad_w2": "0.6", "dL_dw1": "-0.6", "dyhat_dw1": "1",
}  # fmt: skip
SEED_AFTER = {
    "w1": "1.26", "w2": "0.44", "w3": "2.036", "w4": "-1.226",
    "h1": "0.63", "h2": "0.352", "yhat": "0.851128", "L": "0.022162872384",
}  # fmt: skip

# TEACHING.md section 1.3: networks A, B (a full layer) and C (biases).
FULL = {
    "z1": "w11*x1 + w12*x2", "h1": "relu(z1)", "z2": "w21*x1 + w22*x2", "h2": "relu(z2)",
    "yhat": "v1*h1 + v2*h2", "L": "(y - yhat)^2",
}  # fmt: skip
FULL_VALUES = {
    "x1": "0.5", "x2": "0.8", "w11": "0.4", "w12": "0.5", "w21": "0.64", "w22": "0.1", "y": "1",
    "alpha": "0.1",
}  # fmt: skip
BIASES = {
    "z1": "w1*x1 + b1", "h1": "relu(z1)", "z2": "w2*x2 + b2", "h2": "relu(z2)",
    "yhat": "w3*h1 + w4*h2 + b3", "L": "(y - yhat)^2",
}  # fmt: skip
CASES: dict[str, tuple[dict[str, str], dict[str, str], dict[str, str], dict[str, str]]] = {
    "seed": (SEED, SEED_VALUES, SEED_NUMBERS, SEED_AFTER),
    "A": (
        FULL,
        FULL_VALUES | {"v1": "0.2", "v2": "1.45"},
        {
            "h1": "0.6", "h2": "0.4", "yhat": "0.7", "L": "0.09", "dL_dh1": "-0.12", "dL_dh2": "-0.87",
            "grad_w11": "-0.06", "grad_w12": "-0.096", "grad_w21": "-0.435", "grad_w22": "-0.696",
        },
        {
            "w11": "0.406", "w12": "0.5096", "w21": "0.6835", "w22": "0.1696", "v1": "0.236", "v2": "1.474",
            "h1": "0.61068", "h2": "0.47743", "yhat": "0.8478523", "L": "0.02314892",
        },
    ),
    "B": (
        FULL,
        FULL_VALUES | {"v1": "1.42", "v2": "-0.38"},
        {
            "yhat": "0.7", "L": "0.09", "dL_dh1": "-0.852", "dL_dh2": "0.228",
            "grad_w11": "-0.426", "grad_w12": "-0.6816", "grad_w21": "0.114", "grad_w22": "0.1824",
        },
        {
            "w11": "0.4426", "w12": "0.56816", "w21": "0.6286", "w22": "0.08176", "v1": "1.456",
            "v2": "-0.356",
            "yhat": "0.84882952", "L": "0.02285251",
        },
    ),
    "C": (
        BIASES,
        {
            "x1": "0.5", "x2": "0.8", "w1": "1.4", "b1": "-0.1", "w2": "0.3", "b2": "0.16",
            "w3": "0.4", "w4": "0.7", "b3": "0.18", "y": "1", "alpha": "0.1",
        },
        {
            "yhat": "0.7", "L": "0.09", "grad_w1": "-0.12", "grad_w2": "-0.336", "grad_w3": "-0.36",
            "grad_w4": "-0.24", "grad_b1": "-0.24", "grad_b2": "-0.42", "grad_b3": "-0.6",
        },
        {
            "w1": "1.412", "w2": "0.3336", "w3": "0.436", "w4": "0.724", "b1": "-0.076", "b2": "0.202",
            "b3": "0.24", "h1": "0.63", "h2": "0.46888", "yhat": "0.85414912", "L": "0.02127248",
        },
    ),
}  # fmt: skip


def places(text: str) -> int:
    return len(text.partition(".")[2])


@pytest.mark.parametrize("case", CASES)
def test_numpy_reproduces_every_number_of_the_lesson(case: str) -> None:
    equations, values, numbers, _ = CASES[case]
    network = Network.from_equations(equations)
    forward = numeric.trace(network, {name: float(text) for name, text in values.items()})
    derived = numeric.derivatives(network, forward, [name for name in numbers if "_" in name])
    for name, text in numbers.items():
        assert {**forward.values, **derived}[name] == pytest.approx(float(text), abs=1e-14), name


@pytest.mark.parametrize("case", CASES)
def test_sympy_reproduces_every_number_of_the_lesson_exactly(case: str) -> None:
    equations, values, numbers, _ = CASES[case]
    network = Network.from_equations(equations)
    for name, text in numbers.items():
        assert symbolic.evaluate(network, name, values) == Fraction(text), name


@pytest.mark.parametrize("case", CASES)
def test_numpy_reproduces_the_values_after_one_step(case: str) -> None:
    equations, values, _, after = CASES[case]
    network = Network.from_equations(equations)
    found = numeric.quantities(network, {name: float(text) for name, text in values.items()})
    stepped = {name: found[name] for name in network.leaves}
    stepped |= {name: found[name] - found["alpha"] * found[f"grad_{name}"] for name in network.weights}
    again = numeric.trace(network, stepped).values
    for name, text in after.items():
        assert round(float(again[name]), places(text)) == float(text), name


@pytest.mark.parametrize("case", CASES)
def test_sympy_reproduces_the_values_after_one_step_exactly(case: str) -> None:
    equations, values, _, after = CASES[case]
    network = Network.from_equations(equations)
    rules = {weight: f"{weight} - alpha*grad_{weight}" for weight in network.weights}
    stepped = {name: symbolic.evaluate(network, rules.get(name, name), values) for name in network.leaves}
    for name, text in after.items():
        found = symbolic.evaluate(network, name, {name: Fraction(v) for name, v in stepped.items()})
        assert round(found, places(text)) == Fraction(text), name


def test_a_batch_of_variants_is_a_row_of_single_ones() -> None:
    network = Network.from_equations(SEED)
    rows = np.array([0.3, 1.2, -0.4])
    values = {name: float(text) for name, text in SEED_VALUES.items()}
    together = numeric.quantities(network, values | {"w1": rows})
    for at, w1 in enumerate(rows):
        alone = numeric.quantities(network, values | {"w1": w1})
        assert all(together[name][at] == alone[name] for name in alone)


def test_a_relu_has_no_slope_at_its_kink() -> None:
    network = Network.from_equations(SEED)
    at_the_kink = SEED_VALUES | {"w1": "0"}
    found = numeric.quantities(network, {name: float(text) for name, text in at_the_kink.items()})
    assert np.isnan(found["dh1_dw1"])
    assert np.isnan(symbolic.evaluate(network, "dh1_dw1", at_the_kink))


def test_a_derivative_that_the_network_does_not_have_is_refused_by_both() -> None:
    network = Network.from_equations(SEED)
    forward = numeric.trace(network, {name: float(text) for name, text in SEED_VALUES.items()})
    for name in ("grad_w9", "dL_dw9", "dx1_dw1"):
        with pytest.raises(NetworkError):
            numeric.derivatives(network, forward, [name])
        with pytest.raises(NetworkError):
            symbolic.derive(network, name)


def test_a_leaf_without_a_value_is_named() -> None:
    with pytest.raises(KeyError, match="w4"):
        numeric.trace(Network.from_equations(SEED), {k: 1.0 for k in SEED_VALUES if k != "w4"})
    with pytest.raises(NetworkError, match="w4"):
        symbolic.evaluate(Network.from_equations(SEED), "yhat", {k: "1" for k in SEED_VALUES if k != "w4"})


@pytest.mark.parametrize(
    ("formula", "printed"),
    [
        ("dL_dyhat", "2*(yhat - y)"),
        ("dyhat_dw3", "h1"),
        ("dh1_dw1", "x1*relu'(w1*x1)"),
        ("dh1_dz1*dz1_dw1", "x1*relu'(w1*x1)"),
        ("grad_w1", "2*w3*x1*(yhat - y)*relu'(w1*x1)"),
        ("w3 - alpha*grad_w3", "w3 - 2*alpha*h1*(yhat - y)"),
        ("(y - w3_new*h1)^2", "(y - h1*w3_new)^2"),
        ("dyhat_dy", "0"),
    ],
)
def test_a_derived_formula_is_printed_as_one_would_write_it(formula: str, printed: str) -> None:
    assert symbolic.derive(Network.from_equations(SEED), formula) == printed


def test_earlier_boxes_are_put_in() -> None:
    network = Network.from_equations(SEED)
    earlier = {"w3_new": "w3 - alpha*grad_w3"}
    assert symbolic.derive(network, "w3_new*h1", earlier) == "h1*(w3 - 2*alpha*h1*(yhat - y))"


TOPOLOGIES: list[Mapping[str, str]] = [
    SEED,
    FULL,
    BIASES,
    {"h1": "act(w1*x1)", "h2": "act(w2*h1 + b2)", "yhat": "w3*h2", "L": "(y - yhat)^2"},
    {"h1": "act(w1*x1)", "h2": "act(w1*x2)", "yhat": "w2*h1*h2 + w1*x1", "L": "(y - yhat)^2/2"},
    {
        "z1": "w1*x1",
        "h1": "act(z1)",
        "z2": "w2*h1",
        "yhat": "sigmoid(z2)",
        "L": "-y*ln(yhat) - (1-y)*ln(1-yhat)",
    },
    {"z1": "w1*x1", "z2": "w2*z1 + z1", "h1": "act(z2)/z1", "yhat": "h1 + w3", "L": "abs(y - yhat)"},
    {"z1": "w1*x1", "z2": "w2*x1", "yhat": "exp(z1)/(exp(z1) + exp(z2))", "L": "(y - yhat)^2"},
]
ACTIVATIONS = [
    "relu(@)", "tanh(@)", "sigmoid(@)", "leaky(@)", "leaky(@, 0.1)", "@^2", "exp(@)", "sin(@)", "cos(@)",
    "tan(@/2)",
    "sinh(@)", "cosh(@)", "abs(@)", "max(@, 0.3)", "min(@, 0.3)", "ln(1 + exp(@))", "sqrt(1 + @^2)",
    "@*sigmoid(@)",
    "2^@", "relu'(@) + @", "leaky'(@)*@", "sigmoid'(@)", "tanh'(@)", "-(@/3)", "max(0.2, @)*pi",
    "min(-0.2, @) + e",
]  # fmt: skip


def with_activation(topology: Mapping[str, str], activation: str) -> dict[str, str]:
    def put(text: str) -> str:
        for name in ("relu", "act"):
            while (start := text.find(f"{name}(")) >= 0:
                end = text.index(")", start)
                inner = text[start + len(name) + 1 : end]
                text = (
                    text[:start]
                    + activation.replace("relu", "RELU").replace("@", f"({inner})")
                    + text[end + 1 :]
                )
        return text.replace("RELU", "relu")

    return {name: put(text) for name, text in topology.items()}


@settings(max_examples=60, deadline=None)
@given(
    topology=st.sampled_from(TOPOLOGIES),
    activation=st.sampled_from(ACTIVATIONS),
    data=st.data(),
)
def test_numpy_sympy_and_central_differences_agree_on_random_networks(
    topology: Mapping[str, str], activation: str, data: st.DataObject
) -> None:
    network = Network.from_equations(with_activation(topology, activation))
    tenths = st.integers(-18, 18).filter(bool).map(lambda n: Fraction(n, 10) + Fraction(1, 97))
    values = {name: data.draw(tenths, label=name) for name in network.leaves}
    floats = {name: float(value) for name, value in values.items()}
    found = numeric.quantities(network, floats)
    assume(all(np.isfinite(value) and abs(value) < 1e4 for value in found.values()))
    weight = data.draw(st.sampled_from(network.weights), label="weight")
    gradient = float(found[f"grad_{weight}"])
    assert float(symbolic.evaluate(network, f"grad_{weight}", values)) == pytest.approx(
        gradient, rel=1e-9, abs=1e-9
    )
    step = 1e-6
    ends = numeric.trace(network, floats | {weight: floats[weight] + np.array([step, -step])}).values["L"]
    assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(gradient, rel=1e-4, abs=1e-4)
    link = data.draw(st.sampled_from(numeric.default_names(network)), label="link")
    assert float(symbolic.evaluate(network, link, values)) == pytest.approx(
        float(found[link]), rel=1e-9, abs=1e-9
    )


@settings(max_examples=25, deadline=None)
@given(topology=st.sampled_from(TOPOLOGIES), activation=st.sampled_from(ACTIVATIONS), data=st.data())
def test_the_sum_over_chains_of_the_products_of_links_is_the_gradient(
    topology: Mapping[str, str], activation: str, data: st.DataObject
) -> None:
    network = Network.from_equations(with_activation(topology, activation))
    values = {name: data.draw(st.floats(0.2, 1.5), label=name) for name in network.leaves}
    found = numeric.quantities(network, values)
    assume(all(np.isfinite(value) and abs(value) < 1e4 for value in found.values()))
    for weight in network.weights:
        ways = [np.prod([found[link.name] for link in chain.links]) for chain in network.chains(weight)]
        assert sum(ways) == pytest.approx(float(found[f"grad_{weight}"]), rel=1e-9, abs=1e-9)


def test_a_slope_inside_a_unit_is_worked_out_before_the_unit() -> None:
    network = Network.from_equations({"z": "w*x", "h": "relu(z)", "yhat": "v*h", "L": "(y - yhat)^2"})
    moved = "relu((w - alpha*grad_w)*x)"
    values = {"w": Fraction(2), "x": Fraction(1), "v": Fraction(1), "y": Fraction(0), "alpha": Fraction(1, 8)}
    assert symbolic.evaluate(network, moved, values) == Fraction(3, 2)
