"""What a student is asked: pure data that a page can show and a grader can mark.

Math in labels is written in the platform's own language (``w3*h1``, ``dL_dyhat``, ``w3_new``); the page
typesets it. Prose may hold math between backticks: ``How does the loss react to `w1`?``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from grader.job import Box


class Step(StrEnum):
    """The kinds of question, in the order of the rail."""

    PREDICTION = "prediction"
    LOSS = "loss"
    TWO_FACTOR = "two-factor"
    THREE_FACTOR = "three-factor"
    UPDATE = "update"
    TRAP = "trap"
    QUIZ = "quiz"
    DEBUGGING = "debugging"


TOLD = frozenset({Step.TRAP, Step.QUIZ, Step.DEBUGGING})  # what their boxes ask is told, not derived


@dataclass(frozen=True, slots=True)
class Variant:
    """An exercise's numbers. ``values``: leaf -> exact decimal as text, alpha included."""

    seed: int
    generator: str  # version of the generator: the same (generator, seed) is the same variant for ever
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a choice or pick box."""

    id: str
    text: str
    says: str = ""  # to who picked it wrongly; never the answer


@dataclass(frozen=True, slots=True)
class Field:
    """How one box is shown. ``id`` is that of its marking box."""

    id: str
    symbol: str  # e.g. "dL_dyhat", "yhat", "w3_new"; empty for choices
    words: str  # for screen readers: "Link 1, change of L per change of y-hat"
    gloss: str = ""  # shown until typed: "how L reacts to `yhat`"
    nudge: str = ""  # shown when wrong and nothing better is known; a question, never the answer
    link: int | None = None  # 1, 2, 3 ... from the loss; None: not a link
    product: bool = False
    digits: str = ""  # "4 decimals", shown beside the box
    options: tuple[Option, ...] = ()
    many: bool = False  # several options may be picked
    short: bool = False  # they are not sentences of one paragraph
    slots: tuple[str, ...] = ()  # of an order or a match: what each place is called
    prompt: str = ""  # the statement to label, the paragraph's title ...
    why: str = ""  # the reason for the right choice, shown once it is chosen or revealed


@dataclass(frozen=True, slots=True)
class Edge:
    """A line of the diagram from node to node; ``weight`` is None for a plain connection."""

    source: str
    target: str
    weight: str | None = None
    link: int | None = None  # on the asked path: the number of the link that this line belongs to


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the diagram at (column, row); rows of a column are centred, unit distance 1."""

    name: str
    column: float
    row: float
    kind: str  # input, hidden, output, loss, target
    value: str | None = None  # as printed; None: not shown because it is asked
    on_path: bool = False
    biases: tuple[str, ...] = ()  # weights that are added at this node without meeting a value
    link: int | None = None  # number of the link that lies inside this node: the slope of its activation


@dataclass(frozen=True, slots=True)
class Diagram:
    """The network as it is drawn, and the same in words."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    values: dict[str, str]  # printed values of everything that is given
    asked: str | None  # the weight that is asked about
    words: str


@dataclass(frozen=True, slots=True)
class Lab:
    """What a student may look at before answering. ``instruments``: id -> what it takes from the budget."""

    budget: int
    instruments: dict[str, int]


@dataclass(frozen=True, slots=True)
class Question:
    """One question on one variant."""

    exercise: str
    step: Step
    title: str  # a question: "How does the loss react to `w1`?"
    task: str  # heading over the boxes: "Follow the chain, one link at a time"
    intro: str
    fields: tuple[Field, ...]
    boxes: tuple[Box, ...]
    names: tuple[str, ...]  # the palette
    numbers: dict[str, str]  # name -> value for the live echo (only what is given to the student)
    diagram: Diagram | None
    formula: str | None  # the chain as math: "grad_w1 = dL_dyhat * dyhat_dh1 * dh1_dw1"
    definitions: tuple[str, ...]  # equations shown below: "yhat = w3*h1 + w4*h2"
    hints: tuple[str, ...]  # ladder of three; never the answer
    meaning: str  # one sentence when all is right
    lesson_page: int
    allowance: str = ""  # how far a number may be off, in words
    lab: Lab | None = None
    table: tuple[tuple[str, ...], ...] = ()  # of a batch: names, then the values of each example
    solution: dict[str, str] = field(
        default_factory=dict
    )  # box id -> right answer as printed; never sent early
