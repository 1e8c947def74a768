"""How a score came to be: each item, its best submission, and what became of its points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from course.gradebook.book import Assigned, Book, Row
from course.gradebook.reached import worth_in_points
from course.gradebook.scores import FULL, OUT, Line
from course.gradebook.totals import IN_TOTAL, Entry, Part
from course.people.models import Enrolment
from course.work.credit import told
from course.work.dates import Effective, effective
from course.work.models import Assignment, Item, State, Submission

EXACT = 9  # decimals that are written out of a number that does not end


@dataclass(frozen=True, slots=True)
class Best:
    """The submission that an item's points come from. ``given``: a person's points in place of ``points``."""

    id: UUID
    attempt: int
    number: int
    when: datetime
    points: Decimal
    given: Decimal | None
    possible: Decimal
    credit: Decimal
    worth: Decimal  # in points of the item
    late: bool
    why: str = ""  # not all of the points are kept, in words

    @property
    def credit_percent(self) -> Decimal:
        """The share that is kept of its points: late, further tries, hints."""
        return self.credit * 100


@dataclass(frozen=True, slots=True)
class ItemTale:
    """One item of the score: ``line`` says what counts, ``item`` the exercise, ``best`` where it is from."""

    line: Line
    item: Item
    best: Best | None

    @property
    def is_out(self) -> bool:
        """Whether the item is discounted."""
        return self.line.counts == OUT

    @property
    def is_full(self) -> bool:
        """Whether everyone who tried has its full points."""
        return self.line.counts == FULL


@dataclass(frozen=True, slots=True)
class ScoreTale:
    """A student's score in an assignment with all that made it, and its part in the total."""

    assigned: Assigned
    entry: Entry
    items: tuple[ItemTale, ...]
    dates: Effective
    part: Part | None  # its category in the student's total; None: it does not count

    @property
    def dropped(self) -> bool:
        """Whether it is one of the lowest that are left out."""
        return self.part is not None and self.entry.assignment in self.part.dropped

    @property
    def in_total(self) -> bool:
        """Whether its points enter the total now."""
        return self.part is not None and self.entry.state in IN_TOTAL and not self.dropped


def tale_of(book: Book, row: Row, assigned: Assigned, enrolment: Enrolment) -> ScoreTale:
    """How one student's score in one assignment came to be."""
    entry = row.entries[assigned.id]
    dates = effective(Assignment.objects.get(pk=assigned.id), enrolment)
    key = None if assigned.hidden else book.setup.key_of(assigned.id)
    part = next((one for one in row.total.parts if one.category.key == key), None)
    return ScoreTale(assigned, entry, _items(book, entry.score.lines, enrolment, dates), dates, part)


def _items(book: Book, lines: Sequence[Line], enrolment: Enrolment, dates: Effective) -> tuple[ItemTale, ...]:
    numbers = [line.item for line in lines]
    items = Item.objects.select_related("exercise").defer("exercise__document").in_bulk(numbers)
    best = _best(items, enrolment, dates, book.as_of)
    return tuple(
        ItemTale(line, items[line.item], best.get(line.item)) for line in lines if line.item in items
    )


def _best(
    items: dict[int, Item], enrolment: Enrolment, dates: Effective, as_of: datetime | None
) -> dict[int, Best]:
    """The best marked submission of each item; of equal ones the first."""
    rows = Submission.objects.filter(
        attempt__user=enrolment.user_id, attempt__item__in=list(items), state=State.GRADED
    )
    if as_of is not None:
        rows = rows.filter(queued_at__lte=as_of)
    best: dict[int, Best] = {}
    for row in rows.select_related("attempt").defer("answers", "verdict").order_by("queued_at", "pk"):
        item = row.attempt.item_id
        found = _as_best(row, items[item].points, dates.due)
        if item not in best or found.worth > best[item].worth:
            best[item] = found
    return best


def _as_best(row: Submission, points: Decimal, due: datetime | None) -> Best:
    return Best(
        id=row.pk,
        attempt=row.attempt.number,
        number=row.number,
        when=row.queued_at,
        points=row.points or Decimal(0),
        given=row.override,
        possible=row.possible or Decimal(0),
        credit=row.credit,
        worth=worth_in_points(points, row.points, row.override, row.possible, row.credit),
        late=due is not None and row.queued_at > due,
        why=told(row.credit_why) if row.credit != 1 else "",
    )


def digits(number: Fraction | Decimal | int) -> str:
    """All digits of a number; one that does not end is cut after nine decimals and has an ellipsis."""
    exact = Fraction(number)
    scaled = abs(exact) * 10**EXACT
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    text = f"{Decimal(whole).scaleb(-EXACT):f}"
    sign = "-" if exact < 0 else ""
    return sign + (f"{text}…" if rest else text.rstrip("0").rstrip("."))
