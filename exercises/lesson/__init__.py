"""The lesson as data: six pages on one training step of the seed network, with every number worked out.

The texts stand in ``pages.yaml`` with names in braces; the numbers come from the same references that mark
the exercises, so that the lesson can never say anything else than they do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from exercises.bank import Exercise, load
from exercises.prose import in_prose, printed
from exercises.question import Step
from exercises.structure import network_of
from grader.numeric import quantities

SEED = "seed-prediction"
TEXT = Path(__file__).parent / "pages.yaml"


@dataclass(frozen=True, slots=True)
class Beat:
    """One step of a page: what is said, the equations that go with it, and what lights up in the diagram."""

    say: str
    math: tuple[str, ...]
    lit: tuple[str, ...]
    links: tuple[int, ...]
    finds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the lesson. ``asked``: the weight whose path is drawn; ``later``: nodes
    whose values are not known yet; ``kinds``: the steps that it prepares.
    """

    number: int
    title: str
    short: str  # for the rail of pages
    lead: str
    beats: tuple[Beat, ...]
    keep: tuple[str, ...]
    asked: str | None
    later: tuple[str, ...]
    kinds: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """All pages, and the four sentences that frame them."""

    pages: tuple[Page, ...]
    question: str
    answer: str
    trap: str
    rule: str


def seed() -> Exercise:
    """The exercise whose network and numbers the lesson uses."""
    return load()[SEED]


def numbers() -> dict[str, str]:
    """Every number that the lesson mentions, as printed: before the step, and after it (``..._new``)."""
    exercise = seed()
    assert exercise.numbers is not None
    network = network_of(exercise.network)
    before = {name: float(number) for name, number in exercise.numbers.items()}
    found = {**before, **_floats(quantities(network, before))}
    alpha = before["alpha"]
    moved = {weight: found[weight] - alpha * found[f"grad_{weight}"] for weight in network.weights}
    after = {**moved, **_floats(quantities(network, {**before, **moved}), only=network.order)}
    found |= {f"{name}_new": number for name, number in after.items()}
    found["gap"] = found["y"] - found["yhat"]
    found["w3h1"] = found["w3"] * found["h1"]
    found["w4h2"] = found["w4"] * found["h2"]
    found["forecast"] = found["L"] - alpha * sum(found[f"grad_{weight}"] ** 2 for weight in network.weights)
    return {name: printed(number) for name, number in found.items()}


def _floats(values: Mapping[str, Any], only: tuple[str, ...] | None = None) -> dict[str, float]:
    return {name: float(value) for name, value in values.items() if only is None or name in only}


@cache
def lesson() -> Lesson:
    """The whole lesson, its numbers filled in; read once a process."""
    content = yaml.safe_load(TEXT.read_text(encoding="utf-8"))
    typed = numbers()
    said = {name: in_prose(number) for name, number in typed.items()}
    pages = tuple(_page(index, page, typed, said) for index, page in enumerate(content["pages"], start=1))
    return Lesson(pages, content["question"], content["answer"], content["trap"], content["rule"])


def _page(number: int, page: Mapping[str, Any], typed: Mapping[str, str], said: Mapping[str, str]) -> Page:
    return Page(
        number=number,
        title=page["title"],
        short=page["short"],
        lead=_prose(page["lead"], typed, said),
        beats=tuple(_beat(step, typed, said) for step in page["steps"]),
        keep=tuple(page["keep"]),
        asked=page.get("asked"),
        later=tuple(page.get("later", ())),
        kinds=tuple(Step(kind) for kind in page["kinds"]),
    )


def _beat(step: Mapping[str, Any], typed: Mapping[str, str], said: Mapping[str, str]) -> Beat:
    return Beat(
        say=_prose(step["say"], typed, said),
        math=tuple(step[key].format_map(typed) for key in ("math", "also") if key in step),
        lit=tuple(step["lit"]),
        links=tuple(step.get("links", ())),
        finds=tuple(step.get("finds", ())),
    )


def _prose(text: str, typed: Mapping[str, str], said: Mapping[str, str]) -> str:
    """Fill in the numbers: plain between backticks, where they are math, with a real minus sign elsewhere."""
    parts = text.split("`")
    return "`".join(part.format_map(typed if index % 2 else said) for index, part in enumerate(parts))
