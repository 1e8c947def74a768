"""Networks that are chosen: what is written for them is a file of the bank, with the steps that they have."""

from __future__ import annotations

import pytest

from exercises import bank
from exercises.question import Step
from exercises.sketch import Activation, Loss, Sketch, SketchError, layers_of, sketch


def drawn(layers: str, **more: object) -> str:
    return sketch(Sketch("A name", "own", layers_of(layers), **more))  # type: ignore[arg-type]


def test_two_inputs_two_units_and_a_prediction_are_written_as_one_would_by_hand() -> None:
    assert drawn("2-2-1", biases=True, steps=(Step.LOSS, Step.TWO_FACTOR, Step.THREE_FACTOR)) == (
        'name: "A name"\n'
        "network:\n"
        "  z1: w1*x1 + w2*x2 + b1\n"
        "  h1: relu(z1)\n"
        "  z2: w3*x1 + w4*x2 + b2\n"
        "  h2: relu(z2)\n"
        "  yhat: w5*h1 + w6*h2 + b3\n"
        "  L: (y - yhat)^2\n"
        "exercises:\n"
        "  - {id: own-loss, step: loss}\n"
        "  - {id: own-w5, step: two-factor, weight: w5}\n"
        "  - {id: own-w1, step: three-factor, weight: w1, through: [yhat, h1]}\n"
    )


@pytest.mark.parametrize("loss", Loss)
@pytest.mark.parametrize("activation", Activation)
@pytest.mark.parametrize("layers", ["1-1-1", "2-1", "2-2-1", "2-2-2", "1-2-2-1", "1-1-1-1-1"])
def test_every_choice_gives_a_file_that_the_bank_reads(
    layers: str, activation: Activation, loss: Loss
) -> None:
    found = bank.read(drawn(layers, activation=activation, loss=loss))
    steps = [each.step for each in found]
    assert steps == [step for step in Step if step in steps]
    assert {Step.PREDICTION, Step.LOSS, Step.TWO_FACTOR, Step.UPDATE, Step.TRAP} <= set(steps)
    assert (Step.THREE_FACTOR in steps) == (layers != "2-1" or loss is Loss.CROSS_ENTROPY)


def test_classes_are_a_softmax_whose_last_target_follows() -> None:
    text = drawn("2-2", loss=Loss.CROSS_ENTROPY, steps=(Step.LOSS,))
    assert "  yhat2: exp(o2)/(exp(o1) + exp(o2))\n  y2: 1 - y1\n" in text
    assert "target: one-hot" in text


@pytest.mark.parametrize(
    ("layers", "why"),
    [
        ("", "Write the layers"),
        ("2-two-1", "Write the layers"),
        ("2", "2 to 5 layers"),
        ("1-1-1-1-1-1", "2 to 5 layers"),
        ("2-0-1", "1 to 4 units"),
        ("2-9-1", "1 to 4 units"),
        ("4-4-4-1", "36 weights and biases; 30 are the most"),
        ("3-3-2", "make the step 'update' too long"),
    ],
)
def test_what_makes_no_network_is_refused_in_words(layers: str, why: str) -> None:
    with pytest.raises(SketchError, match=why):
        drawn(layers, loss=Loss.CROSS_ENTROPY)


def test_layers_may_be_written_with_commas_or_spaces() -> None:
    assert layers_of(" 2, 3 1 ") == layers_of("2-3-1") == (2, 3, 1)


def test_a_name_comes_back_as_it_was_typed() -> None:
    text = sketch(Sketch('He said: "no" # \\ {x}', "own", (1, 1, 1)))
    assert bank.read(text)[0].name == 'He said: "no" # \\ {x}'


def test_without_a_step_there_is_nothing_to_write() -> None:
    with pytest.raises(SketchError, match="at least one step"):
        drawn("1-1", steps=(Step.THREE_FACTOR, Step.TWO_FACTOR)[:0])
