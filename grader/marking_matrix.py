"""Marking a matrix box: its shape first, then every entry as an answer of its own, then all together.

An entry is marked as any other answer, with follow-through from earlier boxes and earlier matrices; here the
verdicts of the entries become one, and wrong rules are sought that only a whole matrix can show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TypeVar

from grader.closeness import closeness
from grader.diagnosis import CODE
from grader.job import Box, BoxVerdict, MarkingPolicy, MatrixBox, Outcome
from grader.marking_answers import Reasons, mark_answer
from grader.marking_choices import STEP
from grader.matrix import Matrix
from grader.matrix_slips import Slip, slips
from grader.paper import Paper, World
from grader.working import Working

Entry = TypeVar("Entry")
Told = tuple[str | None, dict[str, str]]  # the code of a message, and what it is filled with

FULL = {Outcome.CORRECT, Outcome.FOLLOW_THROUGH}
TOLD_FIRST = (Outcome.UNDECIDED, Outcome.WRONG, Outcome.FEW_DIGITS, Outcome.FOLLOW_THROUGH)
OVERRULED = {None, CODE, "rounded-early"}  # what is said of one entry where the whole matrix says more


def by_entry(box: MatrixBox, matrix: Matrix) -> dict[str, Working]:
    """The entries of a matrix as answers by their ids; none of a matrix of another shape."""
    trees = matrix.entries(box.rows, box.columns) or ()
    return {entry.id: Working((tree,), (tree.span,)) for entry, tree in zip(box.entries, trees, strict=False)}


def mark_matrix(
    box: MatrixBox,
    matrix: Matrix | None,
    paper: Paper,
    policy: MarkingPolicy,
    answers: Mapping[str, Working],
    before: Mapping[str, BoxVerdict],
    reasons: Reasons,
) -> dict[str, BoxVerdict]:
    """The verdicts on the entries by their ids; of a matrix of another shape, the verdict on the box.

    ``matrix``: None where nothing was typed; ``answers`` holds the entries of one that has the right shape.
    """
    earlier = {name: answers[name].result for name in before if name in answers}
    own = paper.world.with_answers(earlier)
    if matrix is not None and matrix.entries(box.rows, box.columns) is None:
        return {box.id: _misshapen(box, matrix, own, paper)}
    found = {
        entry.id: mark_answer(paper, policy, entry.id, answers, before, reasons) for entry in box.entries
    }
    wrong = {id for id, each in found.items() if each.outcome is Outcome.WRONG and each.code in OVERRULED}
    if matrix is not None and wrong and (misconception := _explained(box, matrix, own, paper)):
        told = {"code": CODE, "params": {"id": misconception}}
        found |= {id: found[id].model_copy(update=told) for id in wrong}
    return found


def folded(boxes: Iterable[Box], verdicts: Iterable[BoxVerdict]) -> list[BoxVerdict]:
    """One verdict a box: those on the entries of a matrix become one."""
    found = {verdict.id: verdict for verdict in verdicts}
    return [
        found[box.id]
        if box.id in found or not isinstance(box, MatrixBox)
        else _whole(box, [found[entry.id] for entry in box.entries])
        for box in boxes
    ]


def _misshapen(box: MatrixBox, matrix: Matrix, own: World, paper: Paper) -> BoxVerdict:
    """Rows and columns in each other's places, or another wrong rule; else just which shape it has."""
    if misconception := _explained(box, matrix, own, paper):
        return BoxVerdict(id=box.id, outcome=Outcome.WRONG, code=CODE, params={"id": misconception})
    rows, columns = matrix.shape
    if matrix.loose and box.columns == 1:
        rows, columns = columns, rows
    params = {"given": f"{rows} × {columns}", "asked": f"{box.rows} × {box.columns}"}
    if box.like is None:
        return BoxVerdict(id=box.id, outcome=Outcome.WRONG, code="shape-plain", params=params)
    return BoxVerdict(id=box.id, outcome=Outcome.WRONG, code="shape", params=params | {"name": box.like})


def _explained(box: MatrixBox, matrix: Matrix, own: World, paper: Paper) -> str | None:
    """The wrong rule that gives all entries, from the student's own earlier boxes or from the right ones."""
    formulas = [paper.asked[entry.id].formula for entry in box.entries]
    tried = list(slips(formulas, box.rows, box.columns))
    for world in (own, paper.world):
        for slip in tried:
            if _is_given(slip, box, matrix, world, paper):
                return slip.misconception
    return None


def _is_given(slip: Slip, box: MatrixBox, matrix: Matrix, world: World, paper: Paper) -> bool:
    """Whether the matrix has the entries that a wrong rule gives."""
    entries = matrix.entries(slip.rows, slip.columns)
    if entries is None or any(world.quantity(entry) is None for entry in entries):
        return False
    return all(
        world.quantity(wrong) is not None
        and closeness(entry, wrong, paper.asked[box.entries[place].id], world) is Outcome.CORRECT
        for entry, (wrong, place) in zip(entries, slip.entries, strict=True)
    )


def _whole(box: MatrixBox, entries: Sequence[BoxVerdict]) -> BoxVerdict:
    outcome = _overall({entry.outcome for entry in entries})
    if outcome is Outcome.EMPTY:
        return BoxVerdict(id=box.id, outcome=outcome)
    full = sum(entry.outcome in FULL for entry in entries)
    code, params = _told(box, entries)
    if code is None and outcome is Outcome.PARTIAL:
        code, params = "entries", {"right": str(full), "all": str(len(entries))}
    points = Decimal(box.points * full) / len(entries)
    return BoxVerdict(
        id=box.id,
        outcome=outcome,
        points=Decimal(box.points) if full == len(entries) else points.quantize(STEP, ROUND_HALF_EVEN),
        code=code,
        params=params,
        value=_shown([entry.value for entry in entries], box.columns),
        entries=_in_rows([entry.outcome for entry in entries], box.columns),
    )


def _overall(found: Set[Outcome]) -> Outcome:
    """What needs attention first, then how much is right."""
    if Outcome.UNDECIDED in found:
        return Outcome.UNDECIDED
    if len(found) == 1:
        return next(iter(found))
    if found <= FULL:
        return Outcome.FOLLOW_THROUGH
    if found <= FULL | {Outcome.FEW_DIGITS}:
        return Outcome.FEW_DIGITS
    return Outcome.PARTIAL if found & FULL else Outcome.WRONG


def _told(box: MatrixBox, entries: Sequence[BoxVerdict]) -> Told:
    """What holds for all entries that are not right, else what holds for the first of them, and its place."""
    worst = next((each for each in TOLD_FIRST if each in {entry.outcome for entry in entries}), None)
    those = [(place, entry) for place, entry in enumerate(entries) if entry.outcome is worst]
    if worst is Outcome.FOLLOW_THROUGH:
        carried = dict.fromkeys(name for _, entry in those for name in entry.params["names"].split(", "))
        return "follow-through", {"names": ", ".join(carried)}
    said = [(place, entry) for place, entry in those if entry.code is not None]
    if not said:
        return None, {}
    place, first = said[0]
    if len(those) > 1 and all((one.code, one.params) == (first.code, first.params) for _, one in those):
        return first.code, first.params
    row, column = divmod(place, box.columns)
    return first.code, first.params | {"row": str(row + 1), "column": str(column + 1)}


def _shown(values: Sequence[str | None], columns: int) -> str | None:
    """``[1, 2; 3, 4]``; None if an entry has no value."""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    return f"[{'; '.join(', '.join(row) for row in _in_rows(known, columns))}]"


def _in_rows(entries: Sequence[Entry], columns: int) -> tuple[tuple[Entry, ...], ...]:
    return tuple(tuple(entries[at : at + columns]) for at in range(0, len(entries), columns))
