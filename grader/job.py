"""The job that the site sends to the grader and the verdict that comes back.

A job is self-contained: with it alone, and no database or secret, the grader can mark. Both are plain
JSON at the boundary, checked by pydantic, and carry the version of this schema.

Legend
------
network     node name -> right-hand side, e.g. ``{"h1": "relu(z1)"}`` in forward order; the loss is ``L``
values      leaf name (inputs, parameters, target, alpha) -> exact decimal as text
formula     expected value of a box, over leaves, nodes, derivative names and earlier boxes:
            ``dA_dB``  the link dA/dB where B is a direct operand of A (inner nodes folded in), else the
                       total derivative of A with respect to B; ``grad_B`` the total derivative of the loss
symbolic    the same formula as one expression over leaves, nodes and earlier boxes (no derivative names),
            derived with SymPy when the exercise was published; None: only its value is compared
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, FailFast, Field, model_validator

from grader.language import BOUNDS

SCHEMA = 1

# Bounds of a job, many times what the bank asks for; what is typed has tighter ones (grader.language).
Id = Annotated[str, Field(min_length=1, max_length=50)]
Formula = Annotated[str, Field(min_length=1, max_length=BOUNDS.characters)]
Typed = Annotated[str, Field(max_length=100_000)]  # far more than is read, so that it is unreadable, no fault
Ids = Annotated[tuple[Id, ...], Field(max_length=500), FailFast()]
Options = Annotated[tuple[Id, ...], Field(min_length=1, max_length=100), FailFast()]
Points = Annotated[int, Field(strict=True, ge=0, le=1000)]


class Outcome(StrEnum):
    """What became of one box, or of the submission as a whole."""

    CORRECT = "correct"
    FOLLOW_THROUGH = "follow-through"  # right for the student's own earlier boxes
    PARTIAL = "partial"
    WRONG = "wrong"
    FEW_DIGITS = "few-digits"  # the right value with too few digits: costs no try
    UNREADABLE = "unreadable"  # could not be parsed: costs no try
    UNDECIDED = "undecided"  # goes to the slow arbiter, then to a person
    EMPTY = "empty"
    HELD_BACK = "held-back"  # readable, but not marked because another box is unreadable


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Tolerance(_Model):
    """How far a number may be from the right one.

    allowed = max(relative * |scale|, half a unit of the last asked decimal); ``scale`` is a formula
    (default: the right value itself). An updated weight has relative 0.025 and scale ``alpha*grad_w``
    (GRADING.md section 4). ``mode='exact'`` allows nothing; ``mode='rounded'`` lets each typed number
    stand for half a unit of its own last digit and asks for at least ``decimals`` decimals.
    """

    mode: Literal["tolerance", "exact", "rounded"] = "tolerance"
    relative: Annotated[Decimal, Field(ge=0, le=1, max_digits=21, decimal_places=20)] = Decimal("0.005")
    decimals: Annotated[int, Field(strict=True, ge=0, le=BOUNDS.digits)] | None = None
    scale: Formula | None = None


class AnswerBox(_Model):
    """A number or an expression."""

    kind: Literal["answer"] = "answer"
    id: Id
    role: Literal["value", "link", "product", "new"] = "value"
    formula: Formula
    symbolic: Formula | None = None
    names: Ids  # the names that this box offers to the student
    tolerance: Tolerance = Tolerance()
    points: Points = 1


class MatrixBox(_Model):
    """A matrix, or a vector as one column, typed whole. Later boxes may use its entries by their ids.

    ``entries``: row by row; their points do not count, each has its share of the points of all.
    ``like``: the quantity that has the same shape, such as W where the gradient by W is asked.
    """

    kind: Literal["matrix"] = "matrix"
    id: Id
    rows: Annotated[int, Field(strict=True, ge=1, le=20)]
    columns: Annotated[int, Field(strict=True, ge=1, le=20)]
    entries: Annotated[tuple[AnswerBox, ...], Field(min_length=1, max_length=100), FailFast()]
    like: Id | None = None
    points: Points = 1

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len(self.entries) != self.rows * self.columns:
            raise ValueError(f"{len(self.entries)} entries are not {self.rows} x {self.columns}")
        if len({entry.names for entry in self.entries}) > 1:
            raise ValueError("its entries offer different names")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The names that its entries offer to the student."""
        return self.entries[0].names


class ChoiceBox(_Model):
    """One option out of several. ``needs``: it scores only if that other box is right too."""

    kind: Literal["choice"] = "choice"
    id: Id
    options: Options
    right: Id
    needs: Id | None = None
    points: Points = 1

    @model_validator(mode="after")
    def _check(self) -> Self:
        _check_options(self.options, [self.right])
        return self


class PickBox(_Model):
    """Any number of options; share of the points = (hits - false alarms) / len(right), not below 0."""

    kind: Literal["pick"] = "pick"
    id: Id
    options: Options
    right: Ids
    points: Points = 1

    @model_validator(mode="after")
    def _check(self) -> Self:
        _check_options(self.options, self.right)
        return self


class SlotsBox(_Model):
    """An option for every place, as in an order or in pairs; places may be left empty.

    Share of the points, corrected for guessing and not below 0:
    (hits / places - 1 / options) / (1 - 1 / options).
    """

    kind: Literal["slots"] = "slots"
    id: Id
    options: Annotated[tuple[Id, ...], Field(min_length=2, max_length=100), FailFast()]
    right: Annotated[tuple[Id, ...], Field(min_length=1, max_length=100), FailFast()]
    points: Points = 1

    @model_validator(mode="after")
    def _check(self) -> Self:
        _check_options(self.options, tuple(dict.fromkeys(self.right)))
        return self


def _check_options(options: Sequence[str], right: Sequence[str]) -> None:
    for named in (options, right):
        if len(set(named)) != len(named):
            raise ValueError("an option is named twice")
    if odd := set(right) - set(options):
        raise ValueError(f"'{min(odd)}' is right, but no option")


Box = Annotated[AnswerBox | MatrixBox | ChoiceBox | PickBox | SlotsBox, Field(discriminator="kind")]


def answer_boxes(boxes: Iterable[Box]) -> tuple[AnswerBox, ...]:
    """The numbers and expressions among these boxes, entries of matrices among them, in order."""
    groups = (box.entries if isinstance(box, MatrixBox) else (box,) for box in boxes)
    return tuple(box for group in groups for box in group if isinstance(box, AnswerBox))


class MarkingPolicy(_Model):
    """What the assignment says about marking."""

    follow_through: bool = True
    decimal_comma: bool = True


class Job(_Model):
    """Everything that marking needs."""

    schema_version: Literal[1] = 1
    token: Annotated[str, Field(max_length=2000)] = ""  # opaque to the grader; handed back untouched
    network: Annotated[dict[Id, Formula], Field(max_length=200)] = {}
    values: Annotated[dict[Id, Id], Field(max_length=500)] = {}
    boxes: Annotated[tuple[Box, ...], Field(min_length=1, max_length=100), FailFast()]
    # PickBox: list of option ids; SlotsBox: one a place, or empty; others: text as typed
    answers: Annotated[dict[Id, Typed | list[Typed]], Field(max_length=100)]
    policy: MarkingPolicy = MarkingPolicy()


class BoxVerdict(_Model):
    """What the grader says about one box: codes and data, never sentences."""

    id: str
    outcome: Outcome
    points: Decimal = Decimal(0)
    code: str | None = None  # id of a message in grader/wording.py
    params: dict[str, str] = {}  # what the message is filled with
    span: tuple[int, int] | None = None  # characters of the typed text
    fix: str | None = None  # the whole answer, mended
    value: str | None = None  # what was typed, as a number at the variant's values
    entries: tuple[tuple[Outcome, ...], ...] = ()  # of a matrix that has the right shape, row by row


class Verdict(_Model):
    """What the grader returned for a job. ``counts``: whether the submission costs a try."""

    schema_version: Literal[1] = 1
    token: str = ""
    engine: str  # version of the marking engine, so that a verdict can be recomputed
    outcome: Outcome
    points: Decimal
    possible: Decimal
    counts: bool
    boxes: tuple[BoxVerdict, ...]
    microseconds: int = 0
