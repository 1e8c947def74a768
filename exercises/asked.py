"""What an author says about an exercise: one model a kind of step."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from exercises.question import Step

Text = Annotated[str, Field(min_length=1, max_length=600)]
Short = Annotated[str, Field(min_length=1, max_length=160)]
BUDGET = 7  # what the dearest triage takes


class Strict(BaseModel):
    """A part of an author's file: no other fields than these."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AskedOne(Strict):
    """What every exercise may have."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="unique in the whole bank")]
    title: Annotated[str | None, Field(description="the question; left out, the step's own")] = None
    hints: Annotated[
        tuple[str, str, str] | None, Field(description="a ladder of three; left out, the step's own")
    ] = None
    tolerance: Annotated[
        Decimal | None,
        Field(gt=0, le=1, description="how far a number may be off, as a share; left out, the step's own"),
    ] = None


class AskedForward(AskedOne):
    """The values of the forward pass, or the loss."""

    step: Literal[Step.PREDICTION, Step.LOSS]


class AskedGradient(AskedOne):
    """The gradient of the loss with respect to one weight or bias, link by link."""

    step: Literal[Step.TWO_FACTOR, Step.THREE_FACTOR]
    weight: str
    opened: Annotated[bool, Field(description="the slope of each activation is a link of its own")] = False
    through: Annotated[
        tuple[str, ...],
        Field(description="the only nodes that the chain stops at; a link goes over all ways between two"),
    ] = ()


class AskedUpdate(AskedOne):
    """One step of the update rule. All weights move; ``weights`` says whose new values are asked."""

    step: Literal[Step.UPDATE]
    weights: Annotated[tuple[str, ...] | None, Field(description="left out: all of them")] = None


class AskedTrap(AskedOne):
    """Statements to label and paragraphs with sentences to pick."""

    step: Literal[Step.TRAP]
    statements: Annotated[int, Field(ge=0, le=8)] = 4
    paragraphs: Annotated[int, Field(ge=0, le=3)] = 1


class AskedDebugging(AskedOne):
    """A training loop with a fault in it; the student buys readings and names the broken link."""

    step: Literal[Step.DEBUGGING]
    fault: Annotated[str | None, Field(description="of variant 1, on the set's own numbers")] = None
    start: Annotated[dict[str, Decimal], Field(description="numbers of variant 1 other than the set's")] = {}
    faults: Annotated[
        tuple[str, ...] | None,
        Field(
            min_length=1, description="what other variants draw from; left out: all that the network can have"
        ),
    ] = None
    budget: Annotated[int, Field(ge=1, le=50, description="what a student may spend on readings")] = BUDGET
    costs: Annotated[
        dict[str, Annotated[int, Field(ge=0, le=50)]], Field(description="of kinds of instruments")
    ] = {}


class Choosable(Strict):
    """One option. ``says``: what is said to who picked it wrongly; never the answer."""

    text: Short
    right: bool = False
    says: Text | str = ""


class _Prompted(Strict):
    prompt: Text
    nudge: Annotated[str, Field(max_length=600, description="a question, said when the answer is wrong")] = ""
    why: Annotated[str, Field(max_length=900, description="why the right answer is right; shown with it")] = (
        ""
    )


class Reason(_Prompted):
    """Why the choice is right: one option, which scores only with the right choice."""

    options: Annotated[tuple[Choosable, ...], Field(min_length=2, max_length=8)]


class ChoiceQuestion(_Prompted):
    """One option out of several."""

    kind: Literal["choice"]
    options: Annotated[tuple[Choosable, ...], Field(min_length=2, max_length=8)]
    reason: Reason | None = None


class SeveralQuestion(_Prompted):
    """Any number of options."""

    kind: Literal["several"]
    options: Annotated[tuple[Choosable, ...], Field(min_length=2, max_length=10)]


class NumberQuestion(_Prompted):
    """A number: given, or a formula of the network; with a ``unit``, that is typed in a box of its own."""

    kind: Literal["number"]
    answer: Annotated[Decimal | None, Field(description="the number")] = None
    formula: Annotated[str | None, Field(description="over the network's names, as in grad_w1")] = None
    tolerance: Annotated[Decimal | None, Field(gt=0, le=1, description="as a share")] = None
    decimals: Annotated[int | None, Field(ge=0, le=8, description="half a unit of that one is allowed")] = (
        None
    )
    unit: Annotated[str | None, Field(description="as an expression of unit names, as in m/s")] = None


class ExpressionQuestion(_Prompted):
    """A short expression over a few names; every form that is equal is right."""

    kind: Literal["expression"]
    answer: Short
    names: Annotated[tuple[str, ...], Field(min_length=1, max_length=12)]


class OrderQuestion(_Prompted):
    """Items to put in order: written down, or the links of a weight's chain from the network."""

    kind: Literal["order"]
    items: Annotated[tuple[Short, ...], Field(max_length=8, description="in the right order")] = ()
    chain: Annotated[str | None, Field(description="the weight whose links are the items")] = None
    opened: Annotated[bool, Field(description="the slope of an activation is a link of its own")] = False
    extra: Annotated[tuple[Short, ...], Field(max_length=4, description="items that belong nowhere")] = ()


class MatchQuestion(_Prompted):
    """Pairs to find."""

    kind: Literal["match"]
    pairs: Annotated[tuple[tuple[Short, Short], ...], Field(min_length=2, max_length=8)]
    extra: Annotated[tuple[Short, ...], Field(max_length=4, description="partners that fit nowhere")] = ()


AnyQuestion = Annotated[
    ChoiceQuestion | SeveralQuestion | NumberQuestion | ExpressionQuestion | OrderQuestion | MatchQuestion,
    Field(discriminator="kind"),
]


class AskedQuiz(AskedOne):
    """Questions of any of the general kinds; a variant draws and mixes them."""

    step: Literal[Step.QUIZ]
    questions: Annotated[tuple[AnyQuestion, ...], Field(min_length=1, max_length=40)]
    draw: Annotated[int | None, Field(ge=1, description="how many a variant has; left out: all")] = None
    intro: Annotated[str, Field(max_length=600)] = ""
    meaning: Annotated[str, Field(max_length=600, description="said when all is right")] = ""


Asked = Annotated[
    AskedForward | AskedGradient | AskedUpdate | AskedTrap | AskedQuiz | AskedDebugging,
    Field(discriminator="step"),
]
