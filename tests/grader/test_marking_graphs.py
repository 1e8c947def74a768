"""Follow-through on random graphs of boxes and random networks: one slip costs one box."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import Any, NamedTuple

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grader.job import AnswerBox, BoxVerdict, Outcome, Tolerance
from grader.network import Network
from grader.numeric import quantities
from tests.grader.jobs import verdict_on

C, F, W = Outcome.CORRECT, Outcome.FOLLOW_THROUGH, Outcome.WRONG
GUARD = {"carried-trivial", "carried-regime", "carried-not-finite"}
LEAVES = {"a": "0.7", "b": "-1.3", "c": "2.5", "d": "0.4", "k": "-3"}

Numbers = dict[str, Fraction]


class Formula(NamedTuple):
    """``left sign right``, or the square of their difference; worked out here without the grader."""

    left: str
    sign: str
    right: str

    @property
    def text(self) -> str:
        return f"({self.left} - {self.right})^2" if self.sign == "^" else " ".join(self)

    def at(self, known: Numbers) -> Fraction:
        left, right = known[self.left], known[self.right]
        match self.sign:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case "/":
                return left / right
            case _:
                return (left - right) ** 2

    def parts(self, known: Numbers) -> list[Fraction]:
        """What must not be trivial: the factors, the base of the square, and the result."""
        base = [known[self.left] - known[self.right]] if self.sign == "^" else []
        return [known[self.left], known[self.right], *base, self.at(known)]


@st.composite
def graphs(draw: Any) -> list[Formula]:
    """Two to six boxes, each over a box before it and whatever else there is."""
    formulas: list[Formula] = []
    for place in range(draw(st.integers(2, 6))):
        before = [f"q{at}" for at in range(place)]
        left, right = st.sampled_from(before or [*LEAVES]), st.sampled_from([*before, *LEAVES])
        formulas.append(Formula(draw(left), draw(st.sampled_from("+-*/^")), draw(right)))
    return formulas


def worked_out(
    formulas: Sequence[Formula], slip: int | None = None, wrong: Fraction = Fraction(0)
) -> Numbers:
    """Every quantity, with box ``slip`` being ``wrong`` and what follows worked out from it."""
    known = {name: Fraction(text) for name, text in LEAVES.items()}
    for place, formula in enumerate(formulas):
        known[f"q{place}"] = wrong if place == slip else formula.at(known)
    return known


def marked(formulas: Sequence[Formula], known: Numbers) -> list[BoxVerdict]:
    boxes = tuple(AnswerBox(id=f"q{at}", formula=each.text, names=()) for at, each in enumerate(formulas))
    answers = [f"{float(known[box.id]):.15g}" for box in boxes]
    return list(verdict_on(boxes, *answers, equations={}, values=LEAVES).boxes)


def affected(formulas: Sequence[Formula], slip: int) -> set[int]:
    names = {f"q{slip}"}
    for place, formula in enumerate(formulas):
        if names & {formula.left, formula.right}:
            names.add(f"q{place}")
    return {int(name[1:]) for name in names} - {slip}


def is_plain(number: Fraction) -> bool:
    """Far enough from 0, 1 and -1, and no larger than numbers of an exercise are."""
    return all(abs(number - trivial) > Fraction(1, 20) for trivial in (0, 1, -1)) and abs(number) < 10**6


def is_sound(formulas: Sequence[Formula], known: Numbers) -> bool:
    return all(map(is_plain, (part for formula in formulas for part in formula.parts(known))))


@settings(max_examples=150, deadline=None)
@given(graphs(), st.data())
def test_one_slip_in_any_graph_of_boxes_costs_one_box(formulas: list[Formula], data: st.DataObject) -> None:
    right = try_out(formulas)
    slip = data.draw(st.integers(0, len(formulas) - 2))
    wrong = data.draw(st.decimals("-9", "9", places=2).map(Fraction).filter(is_plain))
    off = abs(wrong - right[f"q{slip}"])
    assume(off > abs(right[f"q{slip}"]) / 100)
    own = worked_out(formulas, slip, wrong)
    assume(is_sound(formulas, own))
    found = marked(formulas, own)
    later = affected(formulas, slip)
    for place, box in enumerate(found):
        allowed = {W} if place == slip else {C, F} if place in later else {C}
        assert box.outcome in allowed, (place, slip, found)
    assert sum(box.points for box in found) == len(formulas) - 1


def try_out(formulas: Sequence[Formula]) -> Numbers:
    """The right answers, if the graph is one that an author may ask."""
    known = {name: Fraction(text) for name, text in LEAVES.items()}
    for place, formula in enumerate(formulas):
        assume(formula.sign != "/" or known[formula.right] != 0)
        known[f"q{place}"] = formula.at(known)
    assume(is_sound(formulas, known))
    return known


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_all_right_answers_get_all_points(formulas: list[Formula]) -> None:
    found = marked(formulas, try_out(formulas))
    assert [box.outcome for box in found] == [C] * len(formulas)


@settings(max_examples=60, deadline=None)
@given(graphs(), st.sampled_from([0, 1, -1]), st.data())
def test_a_slip_to_a_trivial_number_is_not_carried_into_a_product(
    formulas: list[Formula], trivial: int, data: st.DataObject
) -> None:
    """The next box multiplies the slip by a leaf: with 0, 1 or -1 there is nothing left to work out."""
    right = try_out(formulas)
    slip = data.draw(st.integers(0, len(formulas) - 1))
    product = Formula(f"q{slip}", "*", data.draw(st.sampled_from([*LEAVES])))
    longer = [*formulas[: slip + 1], product]
    found = marked(longer, worked_out(longer, slip, Fraction(trivial)))
    assume(is_sound(longer, right | {f"q{slip + 1}": product.at(right)}))
    assert [box.outcome for box in found] == [C] * slip + [W, W]
    assert (found[-1].code, found[-1].params) == ("carried-trivial", {"name": f"q{slip}"})


GRID = st.sampled_from(["0.3", "0.4", "-0.6", "0.7", "1.2", "-1.4", "1.6", "0.9"])


@st.composite
def networks(draw: Any) -> tuple[dict[str, str], dict[str, str]]:
    """One to four units, each behind the input or a unit before it, all of them before the prediction."""
    equations, count = {}, draw(st.integers(1, 4))
    for unit in range(1, count + 1):
        source = draw(st.sampled_from(["x1", *equations])) if unit > 1 else "x1"
        equations[f"h{unit}"] = (
            f"{draw(st.sampled_from(['tanh', 'sigmoid', 'leaky']))}(w{unit}*{source} + b1)"
        )
    equations["yhat"] = " + ".join(f"v{unit}*h{unit}" for unit in range(1, count + 1))
    equations["L"] = "(y - yhat)^2"
    leaves = [f"{kind}{unit}" for unit in range(1, count + 1) for kind in "wv"]
    return equations, {name: draw(GRID) for name in [*leaves, "x1", "b1", "y", "alpha"]}


def weight_boxes(network: Network) -> tuple[AnswerBox, ...]:
    """The links from the loss to w1, their products added over all ways, and the new w1."""
    ways = [[link.name for link in chain.links] for chain in network.chains("w1")]
    gradient = " + ".join("*".join(way) for way in ways)
    formulas = {link: link for way in ways for link in way} | {"grad_w1": gradient}
    step = Tolerance(relative=Decimal("0.025"), scale="alpha*grad_w1")
    new = AnswerBox(id="w1_new", formula="w1 - alpha*grad_w1", names=(), tolerance=step)
    return (*(AnswerBox(id=id, formula=text, names=()) for id, text in formulas.items()), new)


@settings(max_examples=60, deadline=None)
@given(networks(), st.data())
def test_one_slip_in_a_link_of_any_network_costs_one_box(
    asked: tuple[dict[str, str], dict[str, str]], data: st.DataObject
) -> None:
    equations, values = asked
    network = Network.from_equations(equations)
    boxes = weight_boxes(network)
    leaves = {name: float(text) for name, text in values.items()}
    known = {name: float(each) for name, each in quantities(network, leaves).items()} | leaves
    slip = data.draw(st.sampled_from([box.id for box in boxes[:-2]]))
    wrong = float(data.draw(st.decimals("-9", "9", places=2).filter(lambda each: is_plain(Fraction(each)))))
    assume(abs(wrong - known[slip]) > 0.01 * abs(known[slip]) + 0.0001)
    known[slip] = wrong
    known["grad_w1"] = sum(prod(known[link.name] for link in chain.links) for chain in network.chains("w1"))
    assume(is_plain(Fraction(known["grad_w1"])))
    known["w1_new"] = known["w1"] - known["alpha"] * known["grad_w1"]
    assume(abs(known["w1_new"]) > 0.2 * abs(known["alpha"] * known["grad_w1"]))
    found = verdict_on(boxes, *(f"{known[box.id]:.15g}" for box in boxes), equations=equations, values=values)
    outcomes = {box.id: box.outcome for box in found.boxes}
    assert {id for id, outcome in outcomes.items() if outcome is W} == {slip}, found
    assert found.points == len(boxes) - 1


def test_a_right_box_near_0_that_was_rounded_is_no_obstacle() -> None:
    tiny = AnswerBox(id="q0", formula="d/999", names=(), tolerance=Tolerance(relative=Decimal("0.1")))
    boxes = (
        tiny,
        AnswerBox(id="q1", formula="a", names=()),
        AnswerBox(id="q2", formula="c*q1 + q1*q0", names=()),
    )
    found = verdict_on(boxes, "0.0004", "0.3", "0.75012", equations={}, values=LEAVES)
    assert [box.outcome for box in found.boxes] == [C, W, F]
