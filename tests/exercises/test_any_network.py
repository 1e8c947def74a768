"""A new topology, activation or loss is a new set of equations, not new code."""

import pytest

from exercises import bank
from exercises.publishing import publish
from exercises.steps import question
from exercises.variants import variant

CROSS_ENTROPY = """\
name: A sigmoid output with cross-entropy
network:
  z1: w1*x1 + w2*x2
  h1: tanh(z1)
  z2: w3*h1 + b1
  yhat: sigmoid(z2)
  L: -(y*ln(yhat) + (1 - y)*ln(1 - yhat))
draw: {target: [0.2, 0.9]}
exercises:
  - {id: prediction, step: prediction}
  - {id: loss, step: loss}
  - {id: two, step: two-factor, weight: b1}
  - {id: opened, step: three-factor, weight: w1, opened: true}
  - {id: update, step: update}
"""
FORKED = """\
name: Two layers and a fork
network:
  h1: tanh(w1*x1)
  h2: tanh(w2*h1)
  h3: tanh(w3*h1)
  yhat: w4*h2 + w5*h3
  L: (y - yhat)^2
exercises:
  - {id: two-ways, step: three-factor, weight: w1}
  - {id: three, step: three-factor, weight: w2}
  - {id: update, step: update}
"""
LEAKY = """\
name: Leaky units
network:
  h1: leaky(w1*x1)
  h2: leaky(w2*x2)
  yhat: w3*h1 - w4*h2
  L: (y - yhat)^2 / 2
exercises:
  - {id: three, step: three-factor, weight: w1}
  - {id: update, step: update}
"""


@pytest.mark.parametrize("text", [CROSS_ENTROPY, FORKED, LEAKY])
def test_any_network_is_asked_drawn_and_checked(text: str) -> None:
    for exercise in bank.read(text):
        published = publish(exercise)
        asked = question(published, variant(published, 5))
        assert asked.solution.keys() == {box.id for box in asked.boxes}


def test_every_opened_activation_on_the_way_is_a_link_of_its_own() -> None:
    opened = next(exercise for exercise in bank.read(CROSS_ENTROPY) if exercise.id == "opened")
    published = publish(opened)

    assert question(published, variant(published, 2)).formula == (
        "grad_w1 = dL_dyhat*dyhat_dz2*dz2_dh1*dh1_dz1*dz1_dw1"
    )
