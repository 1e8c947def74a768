"""Which items of an assignment a student gets, and in which order: by a hash, the same for ever.

Drawn when the assignment is first opened, and stored then, so that items added later change nothing of it:
one outside the pools comes at the end, one in a pool is for those who have not drawn yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from course.work.models import Assignment, Draw, Item


@dataclass(frozen=True, slots=True)
class Placed:
    """An item as the draw sees it: its number, its pool if it is in one, and how many that pool gives."""

    item: int
    pool: int | None = None
    draws: int = 0


def rank(user: int, assignment: int, item: int) -> bytes:
    """Where an item stands in one student's order; no other item or student changes it."""
    return hashlib.sha256(f"{user}:{assignment}:{item}".encode()).digest()


def draw(user: int, assignment: int, placed: Sequence[Placed], *, shuffled: bool) -> tuple[int, ...]:
    """The items of one student, from all ``placed`` in the order of the assignment."""

    def ranked(one: Placed) -> bytes:
        return rank(user, assignment, one.item)

    pools: dict[int, list[Placed]] = {}
    for one in placed:
        if one.pool is not None:
            pools.setdefault(one.pool, []).append(one)
    taken = {one.item for pool in pools.values() for one in sorted(pool, key=ranked)[: pool[0].draws]}
    got = [one for one in placed if one.pool is None or one.item in taken]
    return tuple(one.item for one in (sorted(got, key=ranked) if shuffled else got))


def kept(stored: Sequence[int], placed: Sequence[Placed]) -> tuple[int, ...]:
    """A stored draw today: without items that are gone, and with those outside the pools that came later."""
    here = {one.item for one in placed}
    later = [one.item for one in placed if one.pool is None and one.item not in set(stored)]
    return (*(item for item in stored if item in here), *later)


def items_for(assignment: Assignment, user_id: int, *, store: bool = False) -> list[Item]:
    """The student's items in the student's order; ``store`` it, if it is a draw, for it is being opened."""
    items = list(_items([assignment.pk]))
    placed = _placed(items)
    if not _is_drawn(assignment, placed):
        return items
    got = draw(user_id, assignment.pk, placed, shuffled=assignment.shuffled)
    stored = Draw.objects.filter(user=user_id, assignment=assignment.pk).first()
    if stored is None and store:
        new = {"items": list(got)}
        stored, _new = Draw.objects.get_or_create(user_id=user_id, assignment=assignment, defaults=new)
    by_number = {item.pk: item for item in items}
    return [by_number[item] for item in (kept(stored.items, placed) if stored else got)]


def drawn(
    assignments: Iterable[Assignment], user_ids: Collection[int], items: Iterable[Item] | None = None
) -> Mapping[tuple[int, int], tuple[int, ...]]:
    """The numbers of each student's items, by (assignment, user); two queries, however many.

    ``items``: all of the assignments, with their pools, if they were read already.
    """
    wanted = {assignment.pk: assignment for assignment in assignments}
    placed: dict[int, list[Placed]] = {pk: [] for pk in wanted}
    for item in _items(wanted) if items is None else items:
        placed[item.assignment_id] += _placed([item])
    by_draw = [pk for pk, assignment in wanted.items() if _is_drawn(assignment, placed[pk])]
    rows = Draw.objects.filter(assignment__in=by_draw, user__in=user_ids) if by_draw else ()
    stored = {(one.assignment_id, one.user_id): one.items for one in rows}
    found: dict[tuple[int, int], tuple[int, ...]] = {}
    for pk, assignment in wanted.items():
        everyone = (
            tuple(map(attrgetter("item"), placed[pk])) if not _is_drawn(assignment, placed[pk]) else None
        )
        for user in user_ids:
            own = stored.get((pk, user))
            found[pk, user] = (
                everyone
                if everyone is not None
                else kept(own, placed[pk])
                if own is not None
                else draw(user, pk, placed[pk], shuffled=assignment.shuffled)
            )
    return found


def _is_drawn(assignment: Assignment, placed: Sequence[Placed]) -> bool:
    return assignment.shuffled or any(one.pool is not None for one in placed)


def _items(assignments: Collection[int]) -> Iterable[Item]:
    rows = Item.objects.filter(assignment__in=assignments).select_related("pool", "exercise", "assignment")
    return rows.defer("exercise__document").order_by("position", "pk")


def _placed(items: Iterable[Item]) -> list[Placed]:
    return [Placed(one.pk, one.pool_id, one.pool.draws if one.pool else 0) for one in items]
