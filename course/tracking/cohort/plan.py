"""Which exercises make which week of a made-up course."""

from __future__ import annotations

from dataclasses import dataclass

from course.work.models import Kind


@dataclass(frozen=True, slots=True)
class Week:
    """One assignment: the ids of its exercises in the bank."""

    title: str
    exercises: tuple[str, ...]
    kind: Kind = Kind.HOMEWORK
    tries: int | None = None
    minutes: int | None = None


def _set(name: str, *steps: str) -> tuple[str, ...]:
    return tuple(f"{name}-{step}" for step in steps)


WEEKS = (
    Week("One training step", _set("seed", "prediction", "loss", "w3", "w1", "update", "trap")),
    Week("Biases", _set("biases", "prediction", "loss", "b3", "w1", "b1", "update")),
    Week("A full layer", _set("full", "prediction", "loss", "v2", "w12", "update")),
    Week("Leaky units", _set("leaky", "prediction", "loss", "w3", "w1", "update")),
    Week("Quiz: two links and three", _set("seed", "w4", "w2", "update"), Kind.QUIZ, tries=2, minutes=30),
    Week("Units with tanh", _set("tanh", "prediction", "loss", "w3", "w1", "w2", "update")),
    Week("A deep chain", _set("deep", "prediction", "w4", "w1", "update")),
    Week("A batch of two", _set("batch", "prediction", "loss", "w2", "w1", "b1", "update")),
)
