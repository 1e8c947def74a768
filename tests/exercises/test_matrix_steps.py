"""Exercises on networks in vectors: whole boxes, right by NumPy, and authors' mistakes with their lines."""

import re

import numpy as np
import pytest
from numpy.typing import NDArray

from exercises import bank
from exercises.bank import BankError
from exercises.publishing import derived
from exercises.question import Question, Variant
from exercises.selftest import try_out
from exercises.steps import boxes, question
from exercises.structure import network_of
from exercises.variants import variant
from grader.expression import read
from grader.job import AnswerBox, MatrixBox
from grader.numeric import evaluate, quantities
from tests.exercises.helpers import asked

Array = NDArray[np.float64]
WORKED = ["matrix-prediction", "matrix-v", "matrix-w", "matrix-update"]
GOOD = """\
name: Two layers
network:
  z: W*x + b
  h: tanh(z)
  yhat: U*h
  L: mean((y - yhat)^2)
shapes: {x: [2], W: [3, 2], b: [3], U: [2, 3], y: [2]}
numbers:
  x: [0.5, 0.8]
  W: [[0.6, -0.4], [-0.5, 0.9], [1.2, 0.3]]
  b: [0.2, -0.1, 0.3]
  U: [[1.4, -0.8, 0.3], [0.5, 0.7, -1.1]]
  y: [1.2, 0.4]
  alpha: 0.25
exercises:
  - {id: a-prediction, step: prediction}
  - {id: a-loss, step: loss}
  - {id: a-u, step: two-factor, weight: U}
  - {id: a-w, step: three-factor, weight: W}
  - {id: a-entry, step: three-factor, weight: w32}
  - {id: a-update, step: update, weights: [W, b]}
"""


def values(text: str) -> Array:
    """The numbers of a printed matrix, row by row."""
    return np.array([float(number) for number in re.findall(r"-?[\d.]+", text)])


def two_layers(name: str) -> Question:
    found = derived(next(each for each in bank.read(GOOD) if each.id == name))
    return question(found, variant(found, 1))


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_the_way_back_is_that_of_numpy(seed: int) -> None:
    found = asked("matrix-w", seed)
    at = {name: float(text) for name, text in found.numbers.items()}
    x, h, v = (
        np.array([at[f"{name}{i}"] for i in range(1, size + 1)])
        for name, size in (("x", 3), ("h", 2), ("v", 2))
    )
    back_h = 2 * (at["yhat"] - at["y"]) * v
    back_z = back_h * (1 - h**2)

    assert values(found.solution["dL_dh"]) == pytest.approx(back_h, abs=2e-3)
    assert values(found.solution["dL_dz"]) == pytest.approx(back_z, abs=2e-3)
    assert values(found.solution["grad_W"]) == pytest.approx(np.outer(back_z, x).ravel(), abs=2e-3)


@pytest.mark.parametrize("name", ["a-prediction", "a-loss", "a-u", "a-w", "a-entry", "a-update"])
def test_two_layers_with_several_predictions_agree_with_all_references(name: str) -> None:
    found = derived(next(each for each in bank.read(GOOD) if each.id == name))

    assert try_out(found, 1).faults == ()


@pytest.mark.parametrize(
    ("layer", "prediction"),
    [
        ("z: W*x + b", "yhat: U*h"),
        ("z: W*x + b", "yhat: U*(h + z)"),  # z is used twice
        ("z: W*(x + transpose(W)*b)", "yhat: softmax(U*h + U*z)"),  # W is used twice
        ("z: W*x + b", "zz: U*h\n  yhat: sigmoid(zz)"),
    ],
)
def test_the_last_box_is_the_whole_gradient(layer: str, prediction: str) -> None:
    text = GOOD.replace("z: W*x + b", layer).replace("yhat: U*h", prediction)
    exercise = next(each for each in bank.read(text) if each.id == "a-w")
    leaves = {name: float(number) for name, number in (exercise.numbers or {}).items()}
    known = {name: float(value) for name, value in quantities(network_of(exercise.network), leaves).items()}

    for box in boxes(exercise):
        total = float(evaluate(read(box.formula, known), known))
        known.setdefault(box.id, total)
        assert total == pytest.approx(known[box.id], rel=1e-9), box.id


@pytest.mark.parametrize(
    ("name", "wholes"),
    [
        ("a-prediction", ["z 3x1", "h 3x1", "yhat 2x1"]),
        ("a-loss", ["L"]),
        ("a-u", ["dL_dyhat 2x1", "grad_U 2x3"]),
        ("a-w", ["dL_dyhat 2x1", "dL_dh 3x1", "dL_dz 3x1", "grad_W 3x2"]),
        ("a-update", ["W_new 3x2", "b_new 3x1", "yhat_new 2x1", "L_new"]),
    ],
)
def test_a_box_asks_for_a_whole_vector_or_matrix(name: str, wholes: list[str]) -> None:
    found = two_layers(name).boxes

    assert wholes == [
        f"{box.id} {box.rows}x{box.columns}" if isinstance(box, MatrixBox) else box.id for box in found
    ]


def test_an_entry_is_asked_about_link_by_link() -> None:
    found = two_layers("a-entry")

    assert all(isinstance(box, AnswerBox) for box in found.boxes)
    assert found.boxes[-1].id == "grad_w32"


def test_every_formula_and_shape_of_the_page_is_that_of_the_author() -> None:
    found = two_layers("a-w")

    assert found.definitions[:4] == ("z = W*x + b", "h = tanh(z)", "yhat = U*h", "L = mean((y - yhat)^2)")
    assert "U = [1.4, -0.8, 0.3; 0.5, 0.7, -1.1]" in found.definitions
    assert "`U`: 2\xa0×\xa03" in found.intro
    assert "3\xa0×\xa02" not in found.intro.replace("`W`: 3\xa0×\xa02", "")
    assert found.diagram is not None
    assert not found.diagram.values.keys() & {"w11", "u23"}


@pytest.mark.parametrize("name", WORKED)
def test_nothing_of_the_right_answer_is_given(name: str) -> None:
    found = asked(name)
    entries = {entry.id for box in found.boxes if isinstance(box, MatrixBox) for entry in box.entries}

    assert not entries & found.numbers.keys()
    assert not any(text.startswith(f"{box.id} = [") for box in found.boxes for text in found.definitions)


def test_a_list_to_draw_from_holds_for_all_entries_but_those_with_their_own() -> None:
    text = GOOD.replace("exercises:", "draw: {W: [0.4, 0.7], w12: [0.9], x: [0.5]}\nexercises:", 1)
    drawn = bank.read(text)[0].draw

    assert [float(number) for number in drawn["w32"]] == [0.4, 0.7]
    assert [float(number) for number in drawn["w12"]] == [0.9]
    assert drawn.keys() == {"x1", "x2"} | {f"w{i}{j}" for i in (1, 2, 3) for j in (1, 2)}


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        (
            "z: W*x + b",
            "z: x*W + b",
            "line 3: equation 1, 'z': x has 2 entries and W is 3 x 2; put the matrix",
        ),
        ("U: [2, 3]", "U: [3, 3]", "line 6: equation 4, 'L': y has 2 entries and yhat has 3 entries"),
        ("U: [2, 3]", "U: [2, 3, 1]", "line 2: 'shapes' of 'U': write [entries] for a vector"),
        ("h: tanh(z)", "h: tahn(z)", "line 4: equation 4, 'h1'"),
        (
            "U: [[1.4, -0.8, 0.3], [0.5, 0.7, -1.1]]",
            "U: [1, 2]",
            "line 12: 'U' is 2 x 3; here are numbers for 2",
        ),
        ("x: [0.5, 0.8]", "x: 0.5", "line 9: 'x' has 2 entries; here are numbers for a number"),
        ("x: [0.5, 0.8]", "x: [[0.5], 0.8]", "line 9: 'numbers.x.1'"),
        ("weight: U", "weight: V", "line 18: 'V' is not a weight of this network"),
        ("two-factor, weight: U", "two-factor, weight: W", "line 18: the chain of 'W' has 3 links"),
        ("weights: [W, b]", "weights: [W, h]", "line 21: 'h' is not a weight of this network"),
        ("alpha: 0.25", "alpha: 0.25\nexamples: 2", "line 2: a network in vectors has no 'examples'"),
        (
            "alpha: 0.25",
            "alpha: 0.25\nupdate: {w: w - 2*alpha*g}",
            "line 2: a network in vectors has no 'exa",
        ),
        ("alpha: 0.25", "alpha: 0.25\ndraw: {Z: [1]}", "line 15: 'Z' is neither a leaf nor a group"),
        (
            "yhat: U*h",
            "zz: U*h\n  yhat: zz + U*h",
            "line 20: 'yhat' uses 'h' both straight and through 'zz'",
        ),
    ],
)
def test_a_mistake_in_vectors_is_named_with_its_line(wrong: str, right: str, message: str) -> None:
    assert wrong in GOOD
    with pytest.raises(BankError) as refused:
        bank.read(GOOD.replace(wrong, right), "a.yaml")

    assert f"a.yaml, {message}" in str(refused.value)


def test_rows_need_a_shape() -> None:
    with pytest.raises(BankError, match="'x' has rows, but 'shapes' does not give it any"):
        bank.read(
            "name: n\nnetwork:\n  yhat: w*x\n  L: (y - yhat)^2\nnumbers: {x: [[1]], w: 2, y: 1, alpha: 0.1}\n"
            "exercises:\n  - {id: a, step: loss}\n"
        )


def test_a_number_among_vectors_is_asked_as_a_number() -> None:
    text = (
        GOOD.replace("b: [3], ", "")
        .replace("W*x + b", "W*x")
        .replace("  b: [0.2, -0.1, 0.3]\n", "")
        .replace(", b]", "]")
    )
    found = derived(bank.read(text)[-1])

    assert question(found, Variant(1, "1", variant(found, 1).values)).boxes[0].id == "W_new"
