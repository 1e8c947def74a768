"""The statements that apply a regrade and undo it: each changes all its rows at once.

Plain SQL, as Django has no UPDATE with a join; it runs on SQLite and on PostgreSQL. Rows are compared with
what the regrade saw (SAME), so that what was changed meanwhile is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

COPIED = ("state", "digest", "fault", "verdict", "points", "possible", "override", "counts", "marked_at")
DIALECTS = {
    "sqlite": {
        "same": "IS",
        "time": "strftime('%%Y-%%m-%%d %%H:%%M:%%f', {})",
        "lock": "",
    },
    "postgresql": {"same": "IS NOT DISTINCT FROM", "time": "{}", "lock": "FOR UPDATE OF s"},
}

# What a submission was, of those that are still as the regrade saw them.
KEEP = """
    INSERT INTO review_former (regrade_id, submission_id, exercise_id, {copied})
    SELECT r.regrade_id, s.id, a.exercise_id, {from_s}
    FROM review_regraderow r
    JOIN work_submission s ON s.id = r.submission_id
    JOIN work_attempt a ON a.id = s.attempt_id
    JOIN review_regrade g ON g.id = r.regrade_id
    WHERE r.regrade_id = %(regrade)s AND r.changed AND r.stays = ''
      AND s.state = r.was_state AND s.digest = r.was_digest
      AND s.override {same} r.was_override
      AND {s_time} {same} {r_time}
      AND NOT EXISTS (SELECT 1 FROM review_override o WHERE o.submission_id = s.id
                      AND (o.at > g.at OR o.withdrawn_at > g.at))
    {lock}
"""
NAME_OTHERS = """
    UPDATE review_regraderow SET stays = 'changed'
    WHERE regrade_id = %(regrade)s AND changed AND stays = '' AND NOT EXISTS
      (SELECT 1 FROM review_former f WHERE f.regrade_id = review_regraderow.regrade_id
       AND f.submission_id = review_regraderow.submission_id)
"""
NAME_LOSERS = """
    UPDATE review_regraderow SET stays = 'down'
    WHERE regrade_id = %(regrade)s AND changed AND stays = '' AND after < before
"""
WRITE = """
    UPDATE work_submission
    SET state = 'graded', fault = '', verdict = j.verdict, points = j.points, possible = j.possible,
        counts = j.counts, override = r.override, marked_at = g.applied_at
    FROM review_regraderow r
    JOIN review_regradejob j ON j.id = r.job_id
    JOIN review_regrade g ON g.id = r.regrade_id
    JOIN review_former f ON f.regrade_id = r.regrade_id AND f.submission_id = r.submission_id
    WHERE r.regrade_id = %(regrade)s AND work_submission.id = r.submission_id
"""
# Attempts go to the new version as a whole, but for those in which a box is another.
REMEMBER_ATTEMPTS = """
    INSERT INTO review_movedattempt (regrade_id, attempt_id, exercise_id)
    SELECT %(regrade)s, a.id, a.exercise_id FROM work_attempt a
    WHERE a.item_id IN ({items}) AND a.exercise_id IN ({olds}) {whose}
      AND NOT EXISTS (SELECT 1 FROM review_regraderow r JOIN work_submission s ON s.id = r.submission_id
                      WHERE r.regrade_id = %(regrade)s AND r.stays = 'boxes' AND s.attempt_id = a.id)
"""
MOVE_ATTEMPTS = """
    UPDATE work_attempt SET exercise_id = %(new)s
    FROM review_movedattempt m
    WHERE m.regrade_id = %(regrade)s AND m.exercise_id = %(old)s AND work_attempt.id = m.attempt_id
"""
MOVE_ATTEMPTS_BACK = """
    UPDATE work_attempt SET exercise_id = m.exercise_id
    FROM review_movedattempt m
    WHERE m.regrade_id = %(regrade)s AND work_attempt.id = m.attempt_id
      AND work_attempt.exercise_id = %(new)s
"""
# Back to what it was, of those that are still as the regrade left them.
RESTORE = """
    UPDATE work_submission SET {back}
    FROM review_former f
    JOIN review_regraderow r ON r.regrade_id = f.regrade_id AND r.submission_id = f.submission_id
    JOIN review_regradejob j ON j.id = r.job_id
    JOIN review_regrade g ON g.id = f.regrade_id
    WHERE f.regrade_id = %(regrade)s AND work_submission.id = f.submission_id
      AND work_submission.state = 'graded' AND work_submission.points = j.points
      AND work_submission.override {same} r.override
      AND work_submission.marked_at = g.applied_at
      AND NOT EXISTS (SELECT 1 FROM review_override o WHERE o.submission_id = work_submission.id
                      AND (o.at > g.applied_at OR o.withdrawn_at > g.applied_at))
"""
PAIRS = """
    SELECT DISTINCT a.user_id, a.item_id FROM review_former f
    JOIN work_submission s ON s.id = f.submission_id
    JOIN work_attempt a ON a.id = s.attempt_id
    WHERE f.regrade_id = %(regrade)s
"""


def run(statement: str, regrade: int, **values: Any) -> int:
    """Run one of the statements on a regrade; how many rows it changed.

    ``items``, ``olds`` (lists of numbers) and ``whose`` (a user or None) fill its places.
    """
    dialect = DIALECTS[connection.vendor]
    time = dialect["time"]
    places = {
        "same": dialect["same"],
        "lock": dialect["lock"],
        "copied": ", ".join(COPIED),
        "from_s": ", ".join(f"s.{name}" for name in COPIED),
        "back": ", ".join(f"{name} = f.{name}" for name in COPIED),
        "s_time": time.format("s.marked_at"),
        "r_time": time.format("r.was_marked_at"),
        "items": ", ".join(str(int(one)) for one in values.pop("items", ())),
        "olds": ", ".join(str(int(one)) for one in values.pop("olds", ())),
        "whose": "AND a.user_id = %(user)s" if values.get("user") is not None else "",
    }
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**places), {"regrade": regrade, **values})
        return int(cursor.rowcount)


def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Put many rows into a table, its other columns empty or by default; a model for each costs more."""
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", list(rows))  # noqa: S608 - names of ours


def pairs(regrade: int) -> list[tuple[int, int]]:
    """The students and items whose submissions a regrade has changed."""
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, {"regrade": regrade})
        return sorted((int(user), int(item)) for user, item in cursor.fetchall())
