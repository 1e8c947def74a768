"""Marking one answer box: against the reference, then against the student's own earlier boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from grader.agreement import agreement
from grader.carrying import culprit, obstacle
from grader.closeness import closeness
from grader.diagnosis import candidates
from grader.job import BoxVerdict, MarkingPolicy, Outcome
from grader.numbers import SMALLEST
from grader.paper import Asked, Paper, World
from grader.rounding import rounded_early
from grader.tree import Tree, names

SIGNIFICANT = 15  # digits of a number that is shown exactly


@dataclass(frozen=True, slots=True)
class Finding:
    """What comparing an answer with a formula in one world has shown."""

    outcome: Outcome
    code: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)


WRONG, CORRECT = Finding(Outcome.WRONG), Finding(Outcome.CORRECT)
UNDECIDED = Finding(Outcome.UNDECIDED, "undecided")

_REASONS = {Outcome.FEW_DIGITS: "few-digits", Outcome.UNDECIDED: "undecided"}


def mark_answer(
    paper: Paper, policy: MarkingPolicy, box: str, trees: Mapping[str, Tree], before: Mapping[str, BoxVerdict]
) -> BoxVerdict:
    """The verdict on one box. ``trees``: the answers; ``before``: the verdicts on earlier boxes."""
    asked = paper.asked[box]
    if box not in trees:
        return BoxVerdict(id=box, outcome=Outcome.EMPTY)
    answer = trees[box]
    own = paper.world.with_answers({name: trees[name] for name in before if name in trees})
    number = own.quantity(answer)
    forms = (asked.symbolic, asked.formula) if asked.symbolic else (asked.formula,)
    found = _finding(answer, asked, paper.world, paper, forms)
    if found.outcome is Outcome.WRONG and policy.follow_through:
        found = _followed(answer, asked, paper, trees, before, found)
    if found.outcome is Outcome.WRONG and found.code is None and number is not None:
        found = _explained(answer, asked, own, paper)
    is_full = found.outcome in {Outcome.CORRECT, Outcome.FOLLOW_THROUGH}
    return BoxVerdict(
        id=box,
        outcome=found.outcome,
        points=Decimal(asked.box.points if is_full else 0),
        code=found.code,
        params=dict(found.params),
        value=None if number is None else printed(number),
    )


def _finding(answer: Tree, asked: Asked, world: World, paper: Paper, forms: Sequence[Tree]) -> Finding:
    """How the answer compares with the right formula, which has a value: as numbers, then as formulas."""
    flaw = world.flaw(answer)
    if flaw == "too-large":
        return Finding(Outcome.WRONG, flaw)  # certain: the right formula has a value, and not this one
    outcome = closeness(answer, forms[0], asked, world) if flaw is None else Outcome.WRONG
    if not names(answer) or asked.symbolic is None or (flaw is None and outcome is Outcome.WRONG):
        return UNDECIDED if flaw == "unsure" else Finding(outcome, flaw or _REASONS.get(outcome))
    compared = agreement(answer, forms, asked, world, paper)
    if compared.verdict == "equal":
        return CORRECT
    if compared.verdict == "undecided":
        return UNDECIDED
    if flaw is not None:
        return WRONG if flaw == "unsure" else Finding(Outcome.WRONG, flaw)
    return Finding(
        Outcome.WRONG, f"right-number-{'wrong-formula' if compared.shown else 'only'}", compared.shown
    )


def _followed(
    answer: Tree,
    asked: Asked,
    paper: Paper,
    trees: Mapping[str, Tree],
    before: Mapping[str, BoxVerdict],
    found: Finding,
) -> Finding:
    """``found``, or better: what the answer is worth with the student's own earlier boxes put in."""
    answered = {name: trees[name] for name in before if name in trees}
    wrong = {name: tree for name, tree in answered.items() if before[name].outcome is not Outcome.CORRECT}
    own = paper.world.with_answers(answered)
    if names(answer) and asked.symbolic is not None:
        # A right box keeps its meaning; a wrong number is a quantity of its own.
        own = paper.world.with_answers(wrong).with_variables(name for name in wrong if not names(wrong[name]))
    used = asked.earlier & answered.keys()
    carried = sorted(used & wrong.keys())
    if used and own.quantity(asked.formula) is None:
        is_told = found.code or not carried
        return (
            found
            if is_told
            else Finding(Outcome.WRONG, "carried-not-finite", {"name": culprit(carried, own)})
        )
    if not used or _finding(answer, asked, own, paper, (asked.formula,)).outcome is not Outcome.CORRECT:
        return found
    if not carried:
        return CORRECT  # the earlier boxes are right as far as they were rounded, and so is this one
    if hindrance := obstacle(asked, carried, paper.world, own):
        code, name = hindrance
        return Finding(Outcome.WRONG, code, {"name": name})
    return Finding(Outcome.FOLLOW_THROUGH, "follow-through", {"names": ", ".join(carried)})


def _explained(answer: Tree, asked: Asked, own: World, paper: Paper) -> Finding:
    """A wrong number, with the misconceptions that explain it; if there are none, with early rounding."""
    if found := candidates(answer, asked, own, paper):
        return Finding(Outcome.WRONG, "misconception", {"id": " ".join(sorted(found))})
    return Finding(Outcome.WRONG, "rounded-early") if rounded_early(answer, asked, paper.world) else WRONG


def printed(number: Fraction) -> str | None:
    """A number as a student would write it: exact where it ends soon, else to six significant digits.

    None for one so near to 0 that its digits are not known.
    """
    if abs(number) == SMALLEST:
        return None
    context = Context(prec=SIGNIFICANT, rounding=ROUND_HALF_EVEN)
    exact = context.divide(Decimal(number.numerator), Decimal(number.denominator))
    if Fraction(exact) != number:
        exact = Context(prec=6).plus(exact)
    return f"{exact.normalize():f}" if -7 < exact.adjusted() < 12 else f"{exact.normalize():e}"
