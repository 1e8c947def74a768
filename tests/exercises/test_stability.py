"""A (generator, seed) is the same variant for ever: these must never change while GENERATOR is "1"."""

import pytest

from exercises.variants import GENERATOR, variant
from tests.exercises.helpers import asked, published

PINNED = {
    ("seed-w1", 2): "x1=0.2 x2=0.3 w1=1.2 w2=1.5 w3=-0.5 w4=1.4 y=0.4 alpha=0.1",
    ("seed-w1", 7): "x1=1.5 x2=0.5 w1=0.8 w2=1.4 w3=0.9 w4=-2 y=-0.5 alpha=0.2",
    ("biases-b1", 2): "x1=0.6 x2=1.2 w1=1.1 b1=0.5 w2=1.8 b2=-0.1 w3=-0.9 w4=-0.6 b3=0.1 y=0.4 alpha=0.05",
    ("full-w12", 5): "x1=0.2 x2=0.4 w11=0.3 w12=1.3 w21=2.5 w22=1.5 v1=-1.5 v2=1.6 y=0.2 alpha=0.05",
    ("tanh-w1", 3): "x1=0.4 x2=0.8 w1=-1.1 w2=0.3 w3=0.3 w4=-0.2 y=1.5 alpha=0.05",
}


@pytest.mark.parametrize(("name", "seed"), PINNED)
def test_a_pinned_variant_has_not_moved(name: str, seed: int) -> None:
    drawn = variant(published(name), seed)

    assert GENERATOR == drawn.generator == "1"
    assert " ".join(f"{leaf}={number}" for leaf, number in drawn.values.items()) == PINNED[name, seed]


def test_a_pinned_trap_has_not_moved() -> None:
    assert asked("seed-trap", 7).solution == {
        "s1": "gradient-computation",
        "s1_claim": "none",
        "s2": "gradient-computation",
        "s2_claim": "none",
        "s3": "backprop-as-meaning",
        "s3_claim": "agency",
        "s4": "backprop-as-meaning",
        "s4_claim": "neuron-meaning",
        "p1": "3",
    }
