"""Marking one answer box: against the reference, then against the student's own earlier boxes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import cached_property, partial

from grader.agreement import agreement
from grader.budget import OF_A_NODE, OF_A_REASON, SHORT, Budget
from grader.carrying import culprit, obstacle
from grader.closeness import closeness
from grader.diagnosis import candidates
from grader.job import BoxVerdict, MarkingPolicy, Outcome
from grader.numbers import SMALLEST
from grader.paper import Asked, Paper, World
from grader.rounding import rounded_early
from grader.tree import Binary, Tree, names, size, walk
from grader.working import Working

RESULT_WRONG = "formula-right-number-wrong"
SIGNIFICANT = 15  # digits of a number that is shown exactly


@dataclass(frozen=True, slots=True)
class Finding:
    """What comparing an answer with a formula in one world has shown."""

    outcome: Outcome
    code: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong with it; it may still be too short, or undecided."""
        return self.outcome is not Outcome.WRONG


Reasons = dict[str, Callable[[], Finding | None]]  # box -> what to look for once all have a verdict

WRONG, CORRECT = Finding(Outcome.WRONG), Finding(Outcome.CORRECT)
UNDECIDED = Finding(Outcome.UNDECIDED, "undecided")

_REASONS = {Outcome.FEW_DIGITS: "few-digits", Outcome.UNDECIDED: "undecided"}
_WEAKEST = (Outcome.UNDECIDED, Outcome.FEW_DIGITS, Outcome.FOLLOW_THROUGH, Outcome.CORRECT)
_SHARES = {Outcome.CORRECT: Decimal(1), Outcome.FOLLOW_THROUGH: Decimal(1), Outcome.PARTIAL: Decimal("0.5")}


def mark_answer(
    paper: Paper,
    policy: MarkingPolicy,
    box: str,
    answers: Mapping[str, Working],
    before: Mapping[str, BoxVerdict],
    reasons: Reasons,
) -> BoxVerdict:
    """The verdict on one box. ``answers``: what could be read; ``before``: verdicts on earlier boxes.

    What may explain a wrong answer is put into ``reasons``, to be looked for once all verdicts are there.
    """
    if box not in answers:
        return BoxVerdict(id=box, outcome=Outcome.EMPTY)
    earlier = {name: answers[name].result for name in before if name in answers}
    wrong = _not_right(earlier, before)
    sheet = _Sheet(paper, paper.asked[box], policy, earlier, wrong, reasons)
    working = answers[box]
    found, place = _together(working.sides, sheet)
    number = sheet.own.quantity(working.result)
    return BoxVerdict(
        id=box,
        outcome=found.outcome,
        points=sheet.asked.box.points * _SHARES.get(found.outcome, Decimal(0)),
        code=found.code,
        params=dict(found.params),
        span=None if place is None else working.spans[place],
        value=None if number is None else printed(number),
    )


def _not_right(earlier: Mapping[str, Tree], before: Mapping[str, BoxVerdict]) -> frozenset[str]:
    """The earlier boxes that are not right, or are right as formulas of boxes that are not."""
    found: set[str] = set()
    for name, answer in earlier.items():
        if before[name].outcome is not Outcome.CORRECT or names(answer) & found:
            found.add(name)
    return frozenset(found)


def _together(sides: Sequence[Tree], sheet: _Sheet) -> tuple[Finding, int | None]:
    """What all sides come to, and which of several is the first that does not hold.

    All have to hold in one world: the true one, else the student's own. Where only one of the first side (the
    formula) and the last (the result) holds, the answer is partly right.
    """
    true = [sheet.finding(side) for side in sides]
    if all(found.holds for found in true):
        return _weakest(true), None
    own = [sheet.followed(side, found) for side, found in zip(sides, true, strict=True)]
    if all(found.holds for found in own):
        return _weakest(own), None
    if len(sides) == 1:
        return sheet.explained(sides[0], own[0]), None
    best = max(own, true, key=lambda each: sum(found.holds for found in each))
    if any(found.outcome is Outcome.UNDECIDED for found in best):
        return UNDECIDED, None
    place = [found.holds for found in best].index(False)
    formula, result = (best[at].outcome in _SHARES for at in (0, -1))
    if not _is_worked(sides[0]):
        return sheet.explained(sides[place], best[place]), place  # two numbers are guesses, and no working
    if result:
        return _coincidence(best[place]) or Finding(Outcome.PARTIAL, "number-right-formula-wrong"), place
    if formula:
        sheet.reasons[sheet.asked.box.id] = partial(sheet.early, sides[-1], Outcome.PARTIAL)
        return Finding(Outcome.PARTIAL, RESULT_WRONG), place
    return sheet.explained(sides[place], best[place]), place


def _is_worked(side: Tree) -> bool:
    """Whether a side works something out: a number alone does not."""
    return bool(names(side)) or any(isinstance(part, Binary) for part in walk(side))


def _weakest(found: Sequence[Finding]) -> Finding:
    return min(found, key=lambda each: _WEAKEST.index(each.outcome))


def _coincidence(found: Finding) -> Finding | None:
    """A formula that is worth the right number here and is another one."""
    if found.code in ("right-number-wrong-formula", "right-number-only"):
        return Finding(Outcome.PARTIAL, found.code, found.params)
    return None


@dataclass(frozen=True)
class _Sheet:
    """One box before the student's earlier answers. ``wrong``: those of them that are not right."""

    paper: Paper
    asked: Asked
    policy: MarkingPolicy
    earlier: Mapping[str, Tree]
    wrong: frozenset[str]
    reasons: Reasons

    @cached_property
    def own(self) -> World:
        """What the names mean with the student's earlier answers."""
        return self.paper.world.with_answers(self.earlier)

    def finding(self, answer: Tree) -> Finding:
        """How an answer compares with the reference."""
        symbolic, formula = self.asked.symbolic, self.asked.formula
        forms = (symbolic, formula) if symbolic else (formula,)
        return _finding(answer, self.asked, self.paper.world, self.paper, forms)

    def followed(self, answer: Tree, found: Finding) -> Finding:
        """What an answer is worth with the student's earlier boxes put in; ``found``: by the reference."""
        used = self.asked.earlier & self.earlier.keys()
        if not self.policy.follow_through or not used:
            return found
        own = self._own_for(answer)
        if carried := sorted(used & self.wrong):
            return self._carried(answer, carried, own, WRONG if found.holds else found)
        if found.holds or own.quantity(self.asked.formula) is None:
            return found
        # The earlier boxes are right as far as they were rounded.
        mine = _finding(answer, self.asked, own, self.paper, (self.asked.formula,))
        return mine if mine.holds else found

    def _carried(self, answer: Tree, carried: Sequence[str], own: World, found: Finding) -> Finding:
        """What it is worth with these wrong boxes put in, if that may be done; else ``found``."""
        if own.quantity(self.asked.formula) is None:
            if found.code:
                return found
            return Finding(Outcome.WRONG, "carried-not-finite", {"name": culprit(carried, own)})
        mine = _finding(answer, self.asked, own, self.paper, (self.asked.formula,))
        if not mine.holds:
            return found
        if hindrance := obstacle(self.asked, carried, self.paper.world, own):
            code, name = hindrance
            return Finding(Outcome.WRONG, code, {"name": name})
        if mine.outcome is not Outcome.CORRECT:
            return mine
        return Finding(Outcome.FOLLOW_THROUGH, "follow-through", {"names": ", ".join(carried)})

    def _own_for(self, answer: Tree) -> World:
        """In an expression a right box keeps its meaning, and a wrong number is a quantity of its own."""
        if not names(answer) or self.asked.symbolic is None:
            return self.own
        wrong = {name: self.earlier[name] for name in self.wrong}
        numbers = [name for name, tree in wrong.items() if not names(tree)]
        return self.paper.world.with_answers(wrong).with_variables(numbers)

    def explained(self, answer: Tree, found: Finding) -> Finding:
        """A wrong answer, whose reason is looked for later."""
        if found.code is None and self.own.quantity(answer) is not None:
            self.reasons[self.asked.box.id] = partial(self.reason, answer)
        return found

    def reason(self, answer: Tree) -> Finding | None:
        """The misconceptions that explain a wrong answer; if there are none, early rounding."""
        if ids := candidates(answer, self.asked, self.own, self.paper):
            return Finding(Outcome.WRONG, "misconception", {"id": " ".join(sorted(ids))})
        return self.early(answer, Outcome.WRONG)

    def early(self, answer: Tree, outcome: Outcome) -> Finding | None:
        """That it was rounded too early, if it was."""
        is_early = rounded_early(answer, self.asked, self.paper.world)
        return Finding(outcome, "rounded-early") if is_early else None


def explain(reasons: Reasons, found: dict[str, BoxVerdict], budget: Budget) -> None:
    """Tell in ``found`` why answers are wrong, as far as the budget goes; the rest stays unsaid."""
    for box, reason in reasons.items():
        if found[box].code in (None, RESULT_WRONG) and budget.affords(OF_A_REASON) and (said := reason()):
            found[box] = found[box].model_copy(update={"code": said.code, "params": dict(said.params)})


def _finding(answer: Tree, asked: Asked, world: World, paper: Paper, forms: Sequence[Tree]) -> Finding:
    """How the answer compares with the right formula, which has a value: as numbers, then as formulas."""
    if size(answer) > SHORT and not paper.budget.affords(OF_A_NODE * size(answer)):
        return UNDECIDED
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
