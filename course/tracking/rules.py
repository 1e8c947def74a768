"""Misconceptions that a course names: a formula that gives the wrong answer, and what the student is told.

A rule is tried only on wrong answers that no rule of the catalogue explains. It fits as those do: the
answer is the formula's value on the variant's numbers (with the student's own earlier boxes, or with the
right ones), within the box's tolerance and not right; an answer with names in it must be the same expression.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from django.db.models import Exists, OuterRef

from course.people.models import Course
from course.tracking.events import MISCONCEPTION, NAMED, OWN
from course.tracking.models import NamedRule, Sighting
from course.work.catalogue import published, question_of, variant_of
from course.work.models import Attempt, State, Submission
from exercises.steps import job
from grader.closeness import closeness
from grader.equivalence import compare
from grader.expression import Unreadable, read
from grader.job import AnswerBox, Outcome
from grader.paper import Asked, Paper, World, paper
from grader.tree import Tree, names
from grader.working import read_working

FLAWS = {Outcome.WRONG.value, Outcome.PARTIAL.value}
MOST_TRIED = 2000  # stored submissions that a formula is tried on
MOST_IDEAS = 6
Boxes = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """What a formula gives on the stored answers: submissions that it fits, of how many that were tried."""

    fits: tuple[Submission, ...]
    tried: int

    @property
    def students(self) -> int:
        """How many students they are of."""
        return len({one.attempt.user_id for one in self.fits})


def asked_box(attempt: Attempt, box: str) -> AnswerBox | None:
    """The box of an attempt's question in which something is typed; None for any other."""
    found = next((one for one in question_of(attempt).boxes if one.id == box), None)
    return found if isinstance(found, AnswerBox) else None


def paper_of(attempt: Attempt, answers: Mapping[str, Any]) -> Paper:
    """The attempt's question made ready for marking."""
    question = question_of(attempt)
    known = {box.id for box in question.boxes}
    given = {box: answer for box, answer in answers.items() if box in known}
    return paper(job(question, published(attempt.exercise_id), variant_of(attempt), given))


def fits(ready: Paper, box: str, formula: str, answers: Mapping[str, Any]) -> bool:
    """Whether the formula explains the answer in this box. Raises Unreadable for the formula."""
    asked = ready.asked[box]
    tree = read(formula, asked.box.names)
    answer = _read(answers.get(box), asked)
    if answer is None:
        return False
    worlds = [ready.world.with_answers(_own(ready, asked, answers)), ready.world]
    return any(_fits(answer, tree, asked, world) for world in worlds)


def _fits(answer: Tree, tree: Tree, asked: Asked, world: World) -> bool:
    if any(world.quantity(each) is None for each in (answer, tree, asked.formula)):
        return False
    if closeness(answer, tree, asked, world) is not Outcome.CORRECT:
        return False
    if closeness(tree, asked.formula, asked, world) is not Outcome.WRONG:
        return False
    if not names(answer):
        return True
    return compare(answer, tree, world.variables, world.definitions).verdict == "equal"


def _read(typed: object, asked: Asked) -> Tree | None:
    if not isinstance(typed, str) or not typed.strip():
        return None
    try:
        return read_working(typed, asked.box.names, asked.box.id).sides[-1]
    except Unreadable:
        return None


def _own(ready: Paper, asked: Asked, answers: Mapping[str, Any]) -> dict[str, Tree]:
    found = {name: _read(answers.get(name), ready.asked[name]) for name in asked.earlier}
    return {name: tree for name, tree in found.items() if tree is not None}


def says_nothing(ready: Paper, box: str, formula: str) -> bool:
    """Whether the formula has no value or the right one on these numbers: it explains nothing here."""
    asked = ready.asked[box]
    tree = read(formula, asked.box.names)
    if ready.world.quantity(tree) is None:
        return True
    return closeness(tree, asked.formula, asked, ready.world) is not Outcome.WRONG


def stored(course: Course, exercise: str, box: str) -> Iterator[Submission]:
    """Submissions of students with an answer in this box that no rule explains, the newest first."""
    seen = Sighting.objects.filter(
        user=OuterRef("attempt__user"), item=OuterRef("attempt__item"), box=box, misconception=""
    )
    rows = Submission.objects.filter(
        attempt__item__assignment__course=course,
        attempt__exercise__slug=exercise,
        state=State.GRADED,
    )
    rows = rows.filter(Exists(seen)).select_related("attempt").order_by("-queued_at", "-pk")
    for row in rows[:MOST_TRIED]:
        if any(is_unexplained(each) and each["id"] == box for each in boxes_of(row)):
            yield row


def boxes_of(submission: Submission) -> Boxes:
    """The boxes of a stored verdict."""
    found: Boxes = (submission.verdict or {}).get("boxes", [])
    return found


def is_unexplained(box: Mapping[str, Any]) -> bool:
    """Whether a stored verdict says wrong of a box and not why."""
    return box["outcome"] in FLAWS and box["code"] not in {MISCONCEPTION, NAMED}


def try_out(course: Course, exercise: str, box: str, formula: str) -> Found:
    """The formula on all stored answers. Raises Unreadable for the formula."""
    tried, found = 0, []
    for row in stored(course, exercise, box):
        tried += 1
        if fits(paper_of(row.attempt, row.answers), box, formula, row.answers):
            found.append(row)
    return Found(tuple(found), tried)


def rules_for(course: int, exercise: str) -> list[NamedRule]:
    """The rules of a course for an exercise, the oldest first."""
    rows = NamedRule.objects.filter(course=course, exercise=exercise, withdrawn_at__isnull=True)
    return list(rows.order_by("pk"))


def explained(
    boxes: Boxes, rules: Sequence[NamedRule], attempt: Attempt, answers: Mapping[str, Any]
) -> Boxes:
    """A verdict's boxes, those that a rule explains with its message; the same list if there is none."""
    wanted = {rule.box for rule in rules}
    if not any(is_unexplained(box) and box["id"] in wanted for box in boxes):
        return boxes
    ready = paper_of(attempt, answers)
    return [_explained(box, rules, ready, answers) for box in boxes]


def _explained(
    box: dict[str, Any], rules: Iterable[NamedRule], ready: Paper, answers: Mapping[str, Any]
) -> dict[str, Any]:
    if not is_unexplained(box) or box["id"] not in ready.asked:
        return box
    for rule in rules:
        if rule.box == box["id"] and _quietly_fits(ready, rule, answers):
            return box | {"code": NAMED, "params": {"id": f"{OWN}{rule.pk}", "say": rule.message}}
    return box


def _quietly_fits(ready: Paper, rule: NamedRule, answers: Mapping[str, Any]) -> bool:
    """A rule whose names a newer version of the exercise has no more fits nothing."""
    try:
        return fits(ready, rule.box, rule.formula, answers)
    except Unreadable:
        return False


def ideas(attempt: Attempt, box: str, answer: str) -> list[str]:
    """Short formulas over the box's names that give this answer on this variant: where to begin."""
    asked = asked_box(attempt, box)
    if asked is None:
        return []
    ready, answers = paper_of(attempt, {box: answer}), {box: answer}
    found: list[str] = []
    for formula in _formulas(asked.names):
        if fits(ready, box, formula, answers):
            found.append(formula)
        if len(found) == MOST_IDEAS:
            break
    return found


def _formulas(known: Sequence[str]) -> Iterator[str]:
    """Names, differences, sums, products of two or three, each with a sign and a factor of 2 or 1/2."""
    plain = list(known[:14])
    yield from plain
    yield from (f"-{name}" for name in plain)
    for one, other in combinations(plain, 2):
        yield from (f"{one}*{other}", f"{one}+{other}", f"{one}-{other}", f"{other}-{one}")
        yield from (f"-{one}*{other}", f"2*{one}*{other}", f"{one}/{other}", f"{other}/{one}")
        yield from (f"2*({one}-{other})", f"({one}-{other})/2", f"({one}-{other})^2")
    for (one, other), third in product(combinations(plain, 2), plain):
        yield from (f"{one}*{other}+{third}", f"{one}*{other}-{third}")
    for three in combinations(plain, 3):
        yield from ("*".join(three), "-" + "*".join(three), "2*" + "*".join(three))
