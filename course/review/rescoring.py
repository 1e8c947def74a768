"""Results of many students at once, by the same rule as ``work.scoring.rescore`` for one."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import connection

from course.work.models import Item, Result
from course.work.scoring import in_points, is_solution, worth

Pair = tuple[int, int]  # user, item
RESULT = ("user_id", "points", "solved", "tries", "marked")
OUTCOME = {"sqlite": "json_extract(s.verdict, '$.outcome')", "postgresql": "s.verdict ->> 'outcome'"}
GRADED = """
    SELECT a.user_id, s.points, s.override, s.possible, s.credit, s.credit_why, s.counts, {outcome}
    FROM work_attempt a JOIN work_submission s ON s.attempt_id = a.id
    WHERE a.item_id = %s AND s.state = 'graded'
"""
SET = """
    UPDATE work_result SET points = %s, solved = %s, tries = %s, marked = %s
    WHERE user_id = %s AND item_id = %s
"""


@dataclass(frozen=True, slots=True)
class Reached:
    """What a result holds."""

    points: Decimal = Decimal(0)
    solved: bool = False
    tries: int = 0
    marked: int = 0


def results_of(wanted: Collection[Pair]) -> dict[Pair, Reached]:
    """The stored results of these students in these items."""
    found: dict[Pair, Reached] = {}
    for item in sorted({item for _user, item in wanted}):
        rows = Result.objects.filter(item=item).order_by("pk")
        for user, points, solved, tries, marked in rows.values_list(*RESULT):
            if (user, item) in wanted:
                found[user, item] = Reached(points, solved, tries, marked)
    return found


def worked_out(wanted: Collection[Pair]) -> dict[Pair, Reached]:
    """What these results are by the stored submissions; one query for each item."""
    users: dict[int, set[int]] = {}
    for user, item in wanted:
        users.setdefault(item, set()).add(user)
    points = dict(Item.objects.filter(pk__in=list(users)).values_list("pk", "points"))
    found: dict[Pair, Reached] = {}
    for item in sorted(users):
        reached = _item(item, points[item], users[item])
        found |= {(user, item): reached.get(user, Reached()) for user in users[item]}
    return found


def _item(item: int, points: Decimal, users: Collection[int]) -> dict[int, Reached]:
    found: dict[int, Reached] = {}
    for user, given, override, possible, credit, why, counts, outcome in _graded(item, users):
        before = found.get(user, Reached())
        found[user] = Reached(
            max(before.points, _points(points, given, override, possible, credit)),
            before.solved or _solves(outcome, override, possible, why),
            before.tries + bool(counts),
            before.marked + 1,
        )
    return found


def _graded(item: int, users: Collection[int]) -> Iterator[tuple[Any, ...]]:
    """The marked submissions as the database has them; Django's own conversion takes four times as long."""
    outcome = OUTCOME[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(GRADED.format(outcome=outcome), [item])
        while rows := cursor.fetchmany(2000):
            yield from (row for row in rows if row[0] in users)


@lru_cache(maxsize=4096)
def _solves(outcome: str | None, override: Any, possible: Any, why: str) -> bool:
    return is_solution(outcome, _decimal(override), _decimal(possible), json.loads(why))


def _decimal(stored: Any) -> Decimal | None:
    """A number as SQLite or PostgreSQL gives it."""
    return None if stored is None else Decimal(str(stored))


@lru_cache(maxsize=4096)
def _points(points: Decimal, given: Any, override: Any, possible: Any, credit: Any) -> Decimal:
    share = worth(_decimal(given), _decimal(override), _decimal(possible), Decimal(str(credit)))
    return in_points(Item(points=points), share)


def store(results: Mapping[Pair, Reached]) -> None:
    """Write these results; their rows are there since the attempts were opened."""
    adapt = connection.ops.adapt_decimalfield_value
    values = (
        (adapt(one.points, 8, 3), one.solved, one.tries, one.marked, *pair) for pair, one in _ordered(results)
    )
    with connection.cursor() as cursor:
        cursor.executemany(SET, list(values))


def _ordered(results: Mapping[Pair, Reached]) -> Iterator[tuple[Pair, Reached]]:
    """In one order for all, so that two who write do not wait for each other."""
    return iter(sorted(results.items()))


def moved(before: Mapping[Pair, Reached], after: Mapping[Pair, Reached]) -> Iterable[Pair]:
    """The pairs whose result is another, in order."""
    return sorted(pair for pair in after if before.get(pair) != after[pair])
