"""Shortcuts of these tests: an exercise published without its references, and its question on a seed."""

from functools import cache

from exercises import bank
from exercises.bank import Exercise
from exercises.published import Published
from exercises.publishing import derived
from exercises.question import Question
from exercises.steps import question
from exercises.variants import variant

IDS = tuple(bank.load())


@cache
def published(name: str) -> Published:
    return derived(bank.load()[name])


def asked(name: str, seed: int = 1) -> Question:
    return question(published(name), variant(published(name), seed))


def exercise(equations: dict[str, str], text: str) -> Exercise:
    """The only exercise of a set with these equations; ``text`` is its YAML, in flow style."""
    network = "\n".join(f"  {node}: {right}" for node, right in equations.items())
    return bank.read(f"name: n\nnetwork:\n{network}\nexercises:\n  - {text}\n")[0]
