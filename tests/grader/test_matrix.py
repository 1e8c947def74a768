"""Reading a whole matrix, marking it entry by entry, and the wrong rules that only a matrix can show."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from grader.expression import BOUNDS, Unreadable, show
from grader.job import Box, BoxVerdict, MatrixBox, Outcome, Tolerance, Verdict
from grader.marking import JobError
from grader.matrix import MOST_ENTRIES, read_matrix
from grader.network import Network
from tests.grader.jobs import answer_box, last, verdict_on

TABLE = json.loads((Path(__file__).parents[1] / "tables" / "matrices.json").read_text(encoding="utf-8"))
Array = NDArray[np.float64]

# Three inputs, two tanh units, one prediction; U is square, so that only its place can be wrong.
EQUATIONS = {
    "z1": "w11*x1 + w12*x2 + w13*x3",
    "h1": "tanh(z1)",
    "z2": "w21*x1 + w22*x2 + w23*x3",
    "h2": "tanh(z2)",
    "s1": "u11*h1 + u12*h2",
    "s2": "u21*h1 + u22*h2",
    "yhat": "v1*s1 + v2*s2",
    "L": "(y - yhat)^2",
}
NETWORK = Network.from_equations(EQUATIONS)


def drawn(seed: int) -> dict[str, str]:
    """Numbers with two decimals for every leaf."""
    random = np.random.default_rng(seed)
    sizes = random.uniform(0.3, 0.95, len(NETWORK.leaves)) * random.choice([-1, 1], len(NETWORK.leaves))
    return {name: f"{size:.2f}" for name, size in zip(NETWORK.leaves, sizes, strict=True)} | {"alpha": "0.1"}


def matrix_box(id: str, rows: int, columns: int, formulas: Mapping[str, str], **more: Any) -> MatrixBox:
    """A box over these entries; each offers the leaves."""
    names, tolerance = NETWORK.leaves, Tolerance(decimals=4)
    entries = tuple(
        answer_box(NETWORK, entry, formula, names=names, tolerance=tolerance)
        for entry, formula in formulas.items()
    )
    return MatrixBox(id=id, rows=rows, columns=columns, entries=entries, **more)


BACK_S = matrix_box("dL_ds", 2, 1, {f"dL_ds{i}": f"dL_dyhat*dyhat_ds{i}" for i in (1, 2)}, like="s")
BACK_H = matrix_box(
    "dL_dh", 2, 1, {f"dL_dh{i}": f"dL_ds1*ds1_dh{i} + dL_ds2*ds2_dh{i}" for i in (1, 2)}, like="h"
)
BACK_Z = matrix_box("dL_dz", 2, 1, {f"dL_dz{i}": f"dL_dh{i}*dh{i}_dz{i}" for i in (1, 2)}, like="z")
GRAD_W = matrix_box(
    "grad_W",
    2,
    3,
    {f"grad_w{i}{j}": f"dL_dz{i}*dz{i}_dw{i}{j}" for i in (1, 2) for j in (1, 2, 3)},
    like="W",
    points=3,
)
BOXES: tuple[Box, ...] = (BACK_S, BACK_H, BACK_Z, GRAD_W)


def right(values: Mapping[str, str]) -> dict[str, Array]:
    """The right matrices by NumPy alone."""
    at = {name: float(text) for name, text in values.items()}
    x, w = (
        np.array([at["x1"], at["x2"], at["x3"]]),
        np.array([[at[f"w{i}{j}"] for j in (1, 2, 3)] for i in (1, 2)]),
    )
    u, v = np.array([[at[f"u{i}{j}"] for j in (1, 2)] for i in (1, 2)]), np.array([at["v1"], at["v2"]])
    h = np.tanh(w @ x)
    back_s = 2 * (v @ u @ h - at["y"]) * v
    back_h = u.T @ back_s
    back_z = back_h * (1 - h**2)
    return {
        "dL_ds": back_s,
        "dL_dh": back_h,
        "dL_dz": back_z,
        "grad_W": np.outer(back_z, x),
        "U": u,
        "slopes": 1 - h**2,
        "h": h,
        "x": x,
    }


def typed(matrix: Array) -> str:
    """As a student types it: ``[1; 2]`` or ``[1, 2; 3, 4]``."""
    rows = matrix.reshape(len(matrix), -1)
    return f"[{'; '.join(', '.join(f'{entry:.8f}' for entry in row) for row in rows)}]"


def marked(seed: int = 1, **changed: str | Array) -> Verdict:
    """The verdict on right answers but for what is ``changed``."""
    values = drawn(seed)
    answers = {
        name: matrix for name, matrix in right(values).items() if name in {box.id for box in BOXES}
    } | changed
    texts = [each if isinstance(each, str) else typed(each) for each in (answers[box.id] for box in BOXES)]
    return verdict_on(BOXES, *texts, equations=EQUATIONS, values=values)


def found(verdict: Verdict, box: str) -> BoxVerdict:
    return next(each for each in verdict.boxes if each.id == box)


# ---- reading ----------------------------------------------------------------------------------------------


def shape_of(case: Mapping[str, Any]) -> tuple[int, int] | None:
    """The shape that is asked, if the case has one."""
    return tuple(case["shape"]) if "shape" in case else None  # type: ignore[return-value]


@pytest.mark.parametrize("case", TABLE["read"], ids=lambda case: f"{case['text']} {case.get('shape')}")
def test_every_way_of_typing_a_matrix_is_read(case: dict[str, Any]) -> None:
    matrix = read_matrix(case["text"], TABLE["names"], TABLE["own"], shape_of(case))

    assert [[show(entry) for entry in row] for row in matrix.rows] == case["rows"]
    assert matrix.loose == case.get("loose", False)


@pytest.mark.parametrize("case", TABLE["refused"], ids=lambda case: f"{case['text']} {case.get('shape')}")
def test_what_is_no_matrix_is_refused_with_the_place_and_the_entry(case: dict[str, Any]) -> None:
    with pytest.raises(Unreadable) as refused:
        read_matrix(case["text"], TABLE["names"], TABLE["own"], shape_of(case))

    error = refused.value
    assert (error.code, list(error.span)) == (case["code"], case["span"])
    assert [error.params.get("row"), error.params.get("column")] == case.get("cell", [None, None])
    assert case.get("params", {}).items() <= error.params.items()
    assert error.fix == case.get("fix")
    assert str(error)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" + "1," * MOST_ENTRIES + "1]", "matrix-entries"),
        ("[" + "1" * BOUNDS.characters + "]", "too-long"),
        ("[" * 40 + "1" + "]" * 40, "too-deep"),
        ("[1, " + "1" * 30 + "]", "too-many-digits"),
        ("[\ud800]", "invisible"),
    ],
)
def test_a_matrix_is_bounded_before_it_is_worked_on(text: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_matrix(text, ("w1",))

    assert refused.value.code == code


@given(st.text("[](){},;0123456789.+-*/^ w1x=&\\$|begin", max_size=60))
@example("[[1,2],[")
@example("\\begin{pmatrix}\\end{pmatrix}")
def test_any_text_is_read_or_refused_with_a_place_inside_it(text: str) -> None:
    try:
        matrix = read_matrix(text, ("w1", "x1"), "w1_new")
    except Unreadable as refused:
        error = refused
    else:
        assert len({len(row) for row in matrix.rows}) == 1
        return
    assert 0 <= error.span[0] <= error.span[1] <= len(text)
    assert str(error)


# ---- marking ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_right_matrices_by_numpy_are_right(seed: int) -> None:
    verdict = marked(seed)

    assert verdict.outcome is Outcome.CORRECT
    assert verdict.points == verdict.possible == 6


@pytest.mark.parametrize("form", ["[{}, {}]", "[{}; {}]", "[[{}], [{}]]", "({}, {})", "dL_ds = [{}; {}]"])
def test_a_vector_may_be_typed_as_a_list_or_as_a_column(form: str) -> None:
    answer = form.format(*right(drawn(1))["dL_ds"])

    assert found(marked(dL_ds=answer), "dL_ds").outcome is Outcome.CORRECT


def test_decimal_commas_are_read_as_the_shape_of_the_box_asks() -> None:
    answer = "[{}; {}]".format(*(str(number).replace(".", ",") for number in right(drawn(1))["dL_ds"]))

    assert "," in answer
    assert found(marked(dL_ds=answer), "dL_ds").outcome is Outcome.CORRECT


def test_entries_may_be_expressions() -> None:
    answer = "[2(yhat - y)*v1; 2*(v1*s1 + v2*s2 - y)*v2]"
    names = (*NETWORK.leaves, "yhat", "s1", "s2")
    entries = tuple(entry.model_copy(update={"names": names}) for entry in BACK_S.entries)
    box = BACK_S.model_copy(update={"entries": entries})

    assert last(verdict_on((box,), answer, equations=EQUATIONS, values=drawn(1))).outcome is Outcome.CORRECT


def test_entries_that_are_right_have_their_share_and_the_others_are_named() -> None:
    matrix = right(drawn(1))["grad_W"].copy()
    matrix[0, 1] += 0.3
    matrix[1, 2] = -matrix[1, 2]

    verdict = found(marked(grad_W=matrix), "grad_W")

    assert verdict.outcome is Outcome.PARTIAL
    assert verdict.points == Decimal(2)
    ok, bad = Outcome.CORRECT, Outcome.WRONG
    assert verdict.entries == ((ok, bad, ok), (ok, ok, bad))


def test_one_wrong_entry_is_explained_with_its_place() -> None:
    matrix = right(drawn(1))["grad_W"].copy()
    matrix[1, 2] = -matrix[1, 2]

    verdict = found(marked(grad_W=matrix), "grad_W")

    assert (verdict.code, verdict.params) == ("misconception", {"id": "G-sign", "row": "2", "column": "3"})


def test_one_misconception_behind_all_entries_is_said_once() -> None:
    verdict = found(marked(grad_W=-right(drawn(1))["grad_W"]), "grad_W")

    assert verdict.outcome is Outcome.WRONG
    assert (verdict.code, verdict.params) == ("misconception", {"id": "G-sign"})


def test_a_slip_in_one_matrix_costs_one_matrix() -> None:
    values = drawn(1)
    truth = right(values)
    back_z = truth["dL_dh"] * 1.5
    x = np.array([float(values[f"x{j}"]) for j in (1, 2, 3)])

    verdict = marked(dL_dz=back_z, grad_W=np.outer(back_z, x))

    assert found(verdict, "dL_dz").outcome is Outcome.WRONG
    after = found(verdict, "grad_W")
    assert (after.outcome, after.points) == (Outcome.FOLLOW_THROUGH, Decimal(3))
    assert after.params == {"names": "dL_dz1, dL_dz2"}


def test_too_few_digits_in_an_entry_cost_no_try() -> None:
    first, second = right(drawn(2))["dL_ds"]
    verdict = marked(2, dL_ds=f"[{first:.6f}; {second:.1f}]")

    assert found(verdict, "dL_ds").outcome is Outcome.FEW_DIGITS
    assert not verdict.counts


def test_an_empty_matrix_is_empty_and_later_ones_are_marked() -> None:
    verdict = marked(dL_dz=" ")

    assert found(verdict, "dL_dz").outcome is Outcome.EMPTY
    assert found(verdict, "grad_W").outcome is Outcome.CORRECT


def test_an_unreadable_entry_costs_no_try_and_says_where() -> None:
    verdict = marked(dL_dz="[0.5; 0.5*q]")

    problem = found(verdict, "dL_dz")
    assert (problem.outcome, problem.span) == (Outcome.UNREADABLE, (10, 11))
    assert (problem.params["row"], problem.params["column"]) == ("2", "1")
    assert not verdict.counts


@pytest.mark.parametrize(
    ("answer", "given"),
    [
        ("[1, 2; 3, 4]", "2 × 2"),
        ("[1, 2, 3]", "1 × 3"),
        ("[1; 2; 3]", "3 × 1"),
        ("[1, 2; 3, 4; 5, 6]", "3 × 2"),
        ("[7]", "1 × 1"),
    ],
)
def test_another_shape_is_wrong_and_named(answer: str, given: str) -> None:
    verdict = found(marked(grad_W=answer), "grad_W")

    assert (verdict.outcome, verdict.code) == (Outcome.WRONG, "shape")
    assert verdict.params == {"given": given, "asked": "2 × 3", "name": "W"}


def test_a_list_that_is_too_long_for_a_vector_is_named_as_a_column() -> None:
    assert found(marked(dL_dz="[1, 2, 3]"), "dL_dz").params["given"] == "3 × 1"


def test_the_shape_is_named_alone_where_nothing_has_the_same() -> None:
    box = matrix_box("s", 2, 1, {"s1": "u11*h1 + u12*h2", "s2": "u21*h1 + u22*h2"})

    assert last(verdict_on((box,), "[1]", equations=EQUATIONS, values=drawn(1))).code == "shape-plain"


# ---- wrong rules of matrices ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(1, 9))
def test_the_transpose_of_a_gradient_is_v_trans(seed: int) -> None:
    assert found(marked(seed, grad_W=right(drawn(seed))["grad_W"].T), "grad_W").params == {"id": "V-trans"}


@pytest.mark.parametrize("seed", range(1, 9))
def test_a_square_matrix_that_is_not_turned_on_the_way_back_is_v_trans(seed: int) -> None:
    truth = right(drawn(seed))
    verdict = marked(seed, dL_dh=truth["U"] @ truth["dL_ds"])

    assert found(verdict, "dL_dh").params == {"id": "V-trans"}


@pytest.mark.parametrize("seed", range(1, 9))
def test_an_outer_product_for_an_elementwise_one_is_v_elem_in_either_order(seed: int) -> None:
    truth = right(drawn(seed))
    outer = np.outer(truth["dL_dh"], truth["slopes"])

    for wrong in (outer, outer.T, np.array([truth["dL_dh"] @ truth["slopes"]])):
        assert found(marked(seed, dL_dz=wrong), "dL_dz").params == {"id": "V-elem"}


@pytest.mark.parametrize("seed", range(1, 9))
def test_a_wrong_rule_is_found_on_carried_matrices_too(seed: int) -> None:
    truth = right(drawn(seed))
    back_h = truth["dL_dh"] + [0.21, -0.34]
    verdict = marked(seed, dL_dh=back_h, dL_dz=np.outer(back_h, truth["slopes"]))

    assert found(verdict, "dL_dz").params == {"id": "V-elem"}


SLOPE_BY_SLOPE = {
    "sign": ("dL_dz", "G-sign", lambda at: -at["dL_dz"]),
    "no slope": ("dL_dz", "H-noact", lambda at: at["dL_dh"]),
    "value for slope": ("dL_dz", "H-actval", lambda at: at["dL_dh"] * at["h"]),
    "slope at the value": ("dL_dz", "H-actarg", lambda at: at["dL_dh"] * (1 - np.tanh(at["h"]) ** 2)),
    "one unit left out": ("dL_dh", "P-drop", lambda at: at["U"][0] * at["dL_ds"][0]),
    "forward for back": ("dL_dh", "H-fwdback", lambda at: at["h"] * at["dL_ds"].sum()),
    "no slope on the way": ("grad_W", "H-noact", lambda at: np.outer(at["dL_dh"], at["x"])),
    "no unit on the way": ("grad_W", "G-stop", lambda at: np.outer(at["dL_dz"], np.ones(3))),
}


@pytest.mark.parametrize("case", SLOPE_BY_SLOPE)
@pytest.mark.parametrize("seed", [1, 2, 6, 10, 11])  # where no slope is near 1
def test_a_slip_in_the_recursion_is_told_for_all_entries_at_once(seed: int, case: str) -> None:
    box, misconception, wrong = SLOPE_BY_SLOPE[case]

    verdict = found(marked(seed, **{box: wrong(right(drawn(seed)))}), box)

    assert (verdict.outcome, verdict.params.get("id")) == (Outcome.WRONG, misconception)
    assert "row" not in verdict.params


def test_a_slip_in_the_recursion_is_told_on_carried_matrices_too() -> None:
    truth = right(drawn(1))
    back_h = truth["dL_dh"] + [0.21, -0.34]
    verdict = marked(dL_dh=back_h, dL_dz=back_h * truth["h"])

    assert found(verdict, "dL_dz").params == {"id": "H-actval"}


def test_a_turned_square_matrix_is_v_trans_though_its_diagonal_is_right() -> None:
    box = matrix_box("W2", 2, 2, {"a11": "u11*v1", "a12": "u12*v1", "a21": "u21*v1", "a22": "u22*v1"})
    values = {name: float(text) for name, text in drawn(1).items()}
    turned = np.array([[values["u11"], values["u21"]], [values["u12"], values["u22"]]]) * values["v1"]

    verdict = last(verdict_on((box,), typed(turned), equations=EQUATIONS, values=drawn(1)))

    assert (verdict.outcome, verdict.params) == (Outcome.PARTIAL, {"id": "V-trans"})


def test_a_number_times_a_vector_has_no_elementwise_slip() -> None:
    truth = right(drawn(1))
    assert found(marked(dL_ds=np.outer(truth["dL_ds"], [1, 2])), "dL_ds").code == "shape"


# ---- faults -----------------------------------------------------------------------------------------------


def test_a_box_with_as_many_entries_as_its_shape_says_is_needed() -> None:
    with pytest.raises(ValueError, match="2 entries are not 2 x 2"):
        matrix_box("m", 2, 2, {"a1": "v1", "a2": "v2"})


def test_an_entry_may_not_offer_its_sibling() -> None:
    entries = tuple(entry.model_copy(update={"names": ("dL_ds1",)}) for entry in BACK_S.entries)
    with pytest.raises(JobError, match="offers its own name or that of a later box"):
        verdict_on(
            (BACK_S.model_copy(update={"entries": entries}),), "[1; 2]", equations=EQUATIONS, values=drawn(1)
        )


def test_an_entry_may_not_have_the_id_of_a_box() -> None:
    twin = answer_box(NETWORK, "dL_ds1", "dL_ds1", names=())
    with pytest.raises(JobError, match="'dL_ds1' is the id of two"):
        verdict_on((twin, BACK_S), "1", "[1; 2]", equations=EQUATIONS, values=drawn(1))
