"""The weights as a form sends them, read into a setup or refused in words; and what a new setup changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from django.utils.translation import gettext as _

from course.gradebook.book import Book, Row, Student, retotal
from course.gradebook.identifying import plain
from course.gradebook.setup import MOST, Setup
from course.gradebook.totals import Category, Letters, Total

SPARE = 3  # empty lines for new categories
LONGEST_NAME, LONGEST_LETTER, MOST_LETTERS = 60, 10, 20
MOST_WEIGHT, MOST_DROPS = Decimal(1000), 50
HUNDREDTH = Decimal("0.01")


def read_setup(data: Mapping[str, str], assignments: Collection[int]) -> tuple[Setup, list[str]]:
    """The setup of a form, and what is wrong with it, each with its place; unusable parts are left out."""
    errors: list[str] = []
    slots: dict[str, int] = {}
    categories: list[Category] = []
    for slot in range(MOST + SPARE):
        category = _category(data, str(slot), len(categories), errors)
        if category is not None:
            slots[str(slot)] = category.key
            categories.append(category)
    _check_names(categories, errors)
    places = {}
    for assignment in assignments:
        slot_of = data.get(f"place-{assignment}", "")
        if slot_of in slots:
            places[assignment] = slots[slot_of]
        elif slot_of:
            errors.append(_("An assignment is put into a category that has no name."))
    return Setup(tuple(categories), places, read_letters(data.get("letters", ""), errors)), errors


def _category(data: Mapping[str, str], slot: str, key: int, errors: list[str]) -> Category | None:
    name = " ".join(plain(data.get(f"name-{slot}", "")).split())
    weight_text = data.get(f"weight-{slot}", "").strip()
    if not name:
        if weight_text:
            errors.append(_("Line %(line)d has a weight, but no name.") % {"line": int(slot) + 1})
        return None
    if len(name) > LONGEST_NAME:
        errors.append(_("“%(name)s…”: a name has at most 60 characters.") % {"name": name[:20]})
    weight = _number(weight_text)
    if weight is None or not 0 <= weight <= MOST_WEIGHT:
        errors.append(_("%(name)s: the weight is a number from 0 to 1000.") % {"name": name[:LONGEST_NAME]})
        weight = Decimal(0)
    drops = _number(data.get(f"drops-{slot}", "").strip() or "0")
    if drops is None or drops != int(drops) or not 0 <= drops <= MOST_DROPS:
        errors.append(_("%(name)s: so many are dropped: a whole number.") % {"name": name[:LONGEST_NAME]})
        drops = Decimal(0)
    return Category(key, name[:LONGEST_NAME], weight, int(drops), bool(data.get(f"equal-{slot}")))


def _number(text: str) -> Decimal | None:
    """A number with at most two decimals, a comma being as good as a point; None: it is none."""
    try:
        found = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    if not found.is_finite() or abs(found) > MOST_WEIGHT or found != found.quantize(HUNDREDTH):
        return None
    return Decimal(f"{found.normalize():f}")


def _check_names(categories: list[Category], errors: list[str]) -> None:
    names = [one.name.casefold() for one in categories]
    errors.extend(
        _("%(name)s stands there twice.") % {"name": one.name}
        for place, one in enumerate(categories)
        if one.name.casefold() in names[:place]
    )
    if categories and not any(one.weight for one in categories):
        errors.append(_("All weights are 0, so nothing would count."))
    if len(categories) > MOST:
        errors.append(_("A course has at most 30 categories."))


def read_letters(text: str, errors: list[str]) -> Letters:
    """Letters from lines like ``A 90``, the best first, the last from 0; no lines: no letters."""
    found: list[tuple[str, Decimal]] = []
    lines = [parts for line in text.splitlines() if (parts := plain(line).split())]
    for parts in lines:
        least = _number(parts[-1]) if len(parts) == 2 else None
        if least is None or not 0 <= least <= MOST_WEIGHT or len(parts[0]) > LONGEST_LETTER:
            errors.append(
                _("Letters: “%(line)s” is no letter and number, as in A 90.") % {"line": " ".join(parts)[:40]}
            )
        else:
            found.append((parts[0], least))
    _check_letters(found, errors)
    return tuple(found)


def _check_letters(found: list[tuple[str, Decimal]], errors: list[str]) -> None:
    for (_better, above), (letter, least) in pairwise(found):
        if least >= above:
            errors.append(_("Letters: %(letter)s needs less than the line above.") % {"letter": letter})
    if len({letter for letter, _least in found}) < len(found):
        errors.append(_("Letters: one stands there twice."))
    if found and found[-1][1] != 0:
        errors.append(_("Letters: the last one starts at 0, so that everyone has one."))
    if len(found) > MOST_LETTERS:
        errors.append(_("Letters: at most 20."))


@dataclass(frozen=True, slots=True)
class Effect:
    """One student whose total or letter would change."""

    student: Student
    before: Total
    after: Total

    @property
    def by(self) -> Decimal | None:
        """The difference in percent; None where one side has no total."""
        if self.before.percent is None or self.after.percent is None:
            return None
        return self.after.percent - self.before.percent

    @property
    def new_letter(self) -> bool:
        """Whether the letter changes."""
        return self.before.letter != self.after.letter

    @property
    def _size(self) -> Decimal:
        return Decimal(1000) if self.by is None else abs(self.by)


@dataclass(frozen=True, slots=True)
class Effects:
    """What a new setup does: the largest changes first, and how many stay as they are."""

    changed: tuple[Effect, ...]
    same: int

    @property
    def letters(self) -> int:
        """How many letters change."""
        return sum(one.new_letter for one in self.changed)


def effects(book: Book, rows: Iterable[Row], setup: Setup) -> Effects:
    """Whose total changes under another setup, and by how much. ``rows`` are those of ``book``."""
    other = book.having(setup)
    changed: list[Effect] = []
    same = 0
    for row in rows:
        after = retotal(other, row)
        if (after.percent, after.letter) == (row.total.percent, row.total.letter):
            same += 1
        else:
            changed.append(Effect(row.student, row.total, after))
    changed.sort(key=lambda one: (-one._size, one.student.name))
    return Effects(tuple(changed), same)
