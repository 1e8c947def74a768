"""Publishing: references derived once and checked by three ways of computing; faults refused in words."""

from typing import Any

import pytest

from exercises import bank, selftest
from exercises.published import Published
from exercises.publishing import PublishingError, derived, publish
from exercises.selftest import try_out
from exercises.steps import question
from exercises.variants import variant
from tests.exercises.helpers import IDS, published


@pytest.mark.parametrize("name", IDS)
def test_every_exercise_of_the_bank_can_be_published(name: str) -> None:
    publish(bank.load()[name])


def test_a_published_exercise_survives_json() -> None:
    before = published("tanh-w1")
    after = Published.model_validate_json(before.model_dump_json())

    assert after == before
    assert question(after, variant(after, 3)) == question(before, variant(before, 3))


def test_every_answer_box_has_a_symbolic_reference() -> None:
    assert derived(bank.load()["seed-w3"]).symbolic.keys() == {"dL_dyhat", "dyhat_dw3", "grad_w3"}


def test_references_that_disagree_refuse_the_exercise_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "central", lambda network, values, name: 5.0)

    with pytest.raises(
        PublishingError, match=r"seed-w3: seed 1, box dL_dyhat: SymPy says -0\.6, NumPy says -0\.6, "
    ):
        publish(bank.load()["seed-w3"])


def test_a_stored_reference_that_is_wrong_is_a_fault() -> None:
    good = published("seed-w3")
    bad = good.model_copy(update={"symbolic": good.symbolic | {"dyhat_dw3": "h2"}})

    first, second, *_ = try_out(bad, 1).faults
    assert "box dyhat_dw3: " in first
    assert first.endswith("the stored reference says 0.4")
    assert second == "seed 1, the two references of box 'dyhat_dw3' disagree"


def test_a_right_answer_that_is_marked_wrong_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "right_answers", lambda asked: {box.id: "9" for box in asked.boxes})

    assert "seed 1, box L: '9' is right but marked wrong (None)" in try_out(published("seed-loss"), 1).faults


LAX = """
name: n
network: {h1: relu(w1*x1), yhat: w2*h1, L: (y - yhat)^2}
numbers: {x1: 0.6, w1: 1.5, w2: -1.2, y: 0.4, alpha: 0.1}
exercises:
  - {id: lax, step: update%s}
"""


def test_a_tolerance_that_takes_a_misconception_for_right_refuses_the_exercise_in_words() -> None:
    publish(bank.read(LAX % "")[0])

    with pytest.raises(
        PublishingError,
        match=r"lax: seed 1, box 'w1_new': the tolerance of 15\.00% marks the misconception 'U-wrongq' "
        r"right; it must be less than 2\.78%",
    ):
        publish(bank.read(LAX % ", tolerance: 0.15")[0])


def test_a_tolerance_for_which_there_are_no_numbers_refuses_the_exercise_in_words() -> None:
    drawn = LAX.replace("numbers:", "draw: {} #")

    with pytest.raises(
        PublishingError, match=r"wide: .* is within 2 times the tolerance of what is right in 100%"
    ):
        publish(bank.read((drawn % ", tolerance: 0.6").replace("lax", "wide"))[0])


def _sorted_as_jsonb(part: Any) -> Any:
    """As PostgreSQL stores an object: shorter keys first."""
    if isinstance(part, list):
        return [_sorted_as_jsonb(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {key: _sorted_as_jsonb(part[key]) for key in sorted(part, key=lambda key: (len(key), key))}


@pytest.mark.parametrize("name", ["matrix-w", "layers-w", "momentum-update", "classes-update", "paths-w1"])
def test_a_database_that_sorts_the_keys_of_objects_changes_nothing(name: str) -> None:
    before = published(name)

    after = Published.model_validate(_sorted_as_jsonb(before.model_dump(mode="json")))

    assert question(after, variant(after, 2)) == question(before, variant(before, 2))


def test_a_row_of_before_with_equations_as_an_object_is_still_read() -> None:
    old = published("seed-w1").model_dump(mode="json")
    old["exercise"]["network"] = dict(old["exercise"]["network"])

    assert Published.model_validate(old).exercise == published("seed-w1").exercise
