"""The gradebook's values as pages show them: cells with words, lists of parts, what a change does."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from course.gradebook.book import Assigned, Book, Row
from course.gradebook.rounding import shown
from course.gradebook.totals import Category, Entry, Part, State

WORDS: dict[State, str | Promise] = {
    State.COUNTS: _("counts"),
    State.MISSING: _("nothing handed in by the due date: counts as 0"),
    State.NOT_YET: _("nothing handed in yet: left out of the total"),
    State.WAITING: _("handed in, not marked yet: left out of the total"),
    State.EXCUSED: _("excused: left out of the total"),
}
SHORT: dict[State, str | Promise] = {
    State.MISSING: _("missing"),
    State.NOT_YET: _("not yet"),
    State.WAITING: _("being marked"),
    State.EXCUSED: _("excused"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One score in a table: ``points`` is empty where there is none."""

    points: str
    possible: str
    state: State
    dropped: bool
    url: str

    @property
    def word(self) -> str | Promise:
        """What stands in the cell in place of points, or beside a zero."""
        return SHORT.get(self.state, "")


@dataclass(frozen=True, slots=True)
class Shares:
    """A category of a total: what is kept, what is dropped, what is left out."""

    part: Part
    kept: tuple[tuple[Assigned, Entry], ...]
    dropped: tuple[tuple[Assigned, Entry], ...]
    left_out: tuple[tuple[Assigned, Entry], ...]

    @property
    def category(self) -> Category:
        """The category itself."""
        return self.part.category


def cells(book: Book, row: Row, slug: str, *, own: bool = False) -> list[Cell]:
    """A row's cells, in the order of the columns; ``own``: linked to the student's own pages."""
    return [_cell(row, assigned, slug, own=own) for assigned in book.assignments]


def _cell(row: Row, assigned: Assigned, slug: str, *, own: bool) -> Cell:
    entry = row.entries[assigned.id]
    has_points = entry.state in {State.COUNTS, State.MISSING}
    where = [slug, assigned.id] if own else [slug, row.student.enrolment, assigned.id]
    return Cell(
        points=shown(entry.score.points) if has_points else "",
        possible=shown(entry.score.possible),
        state=entry.state,
        dropped=entry.assignment in row.total.dropped,
        url=reverse("score" if own else "grades-cell", args=where),
    )


def parts_of(book: Book, row: Row) -> list[Shares]:
    """The total's categories with their assignments, sorted by what became of them."""
    by_id = {one.id: one for one in book.assignments}
    found = []
    for part in row.total.parts:
        pairs = [(by_id[entry.assignment], entry) for entry in part.entries]
        dropped = tuple(pair for pair in pairs if pair[1].assignment in part.dropped)
        kept = tuple(pair for pair in pairs if pair[1].droppable and pair not in dropped)
        out = tuple(pair for pair in pairs if not pair[1].droppable)
        found.append(Shares(part, kept, dropped, out))
    return found


def assigned_of(book: Book, assignment: int) -> Assigned:
    """A column of the book; 404 for what is not in it."""
    found = next((one for one in book.assignments if one.id == assignment), None)
    if found is None:
        raise Http404
    return found
