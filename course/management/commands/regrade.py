"""``manage.py regrade``: mark what is stored again, with a dry run and an undo."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from datetime import datetime
from itertools import islice
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from course.errors import Refused
from course.management.base import NotDoneError, SiteCommand, WrongCallError
from course.people.models import Course, User
from course.review import applying, summing
from course.review.models import Regrade, Stage
from course.review.preparing import begin
from course.review.scope import NEWEST, Wish
from course.review.tasks import advance

SHOWN = 20  # rows in words


class Command(SiteCommand):
    """Begins, waits for the grader, applies; or lists only, or undoes."""

    help = "Marks stored answers again: after mending an exercise, or with a newer engine. Can be undone."
    example: ClassVar[str] = "manage.py regrade backprop --exercise seed-w1 --to-version newest --dry-run"
    writes: ClassVar[bool] = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("course", help="the course's short name")
        parser.add_argument("--assignment", type=int, help="only this assignment (its number)")
        parser.add_argument("--item", type=int, help="only this item (its number)")
        parser.add_argument("--exercise", default="", help="only this exercise (its id in the bank)")
        parser.add_argument("--student", default="", help="only this student (the username)")
        parser.add_argument(
            "--since", default="", help="only what was handed in since (2026-05-01 or with a time)"
        )
        parser.add_argument(
            "--to-version", default="", metavar="N", help=f"by this version of the exercise, or '{NEWEST}'"
        )
        parser.add_argument(
            "--only-up", action="store_true", help="leave whoever would lose points as they are"
        )
        parser.add_argument("--reason", default="", help="why, as the students read it")
        parser.add_argument("--apply", type=int, metavar="NUMBER", help="apply a regrade that is ready")
        parser.add_argument("--undo", type=int, metavar="NUMBER", help="undo a regrade that was applied")
        parser.add_argument("--timeout", type=int, default=3600, help="seconds to wait for the grader")

    def handle(self, *args: Any, **options: Any) -> None:
        course = Course.objects.filter(slug=options["course"]).first()
        if course is None:
            raise WrongCallError(f"There is no course '{options['course']}'.")
        try:
            self._do(course, options)
        except Refused as refused:
            raise NotDoneError(refused.detail) from None

    def _do(self, course: Course, options: dict[str, Any]) -> None:
        if options["undo"] is not None:
            regrade = _of(course, options["undo"])
            done = None if options["dry_run"] else applying.undo(regrade, None)
            return self._say(regrade, done, "undone", options)
        if options["apply"] is not None:
            regrade = _of(course, options["apply"])
        else:
            wish = _wish(course, options)
            regrade = begin(course, None, wish, options["reason"] or "exercises were marked again")
            self._wait(regrade, options["timeout"])
        regrade.refresh_from_db()
        done = None if options["dry_run"] else applying.apply(regrade, None, only_up=options["only_up"])
        return self._say(regrade, done, "applied", options)

    def _wait(self, regrade: Regrade, timeout: int) -> None:
        """Until the grader has marked everything; progress on a terminal."""
        end = time.monotonic() + timeout
        while Regrade.objects.get(pk=regrade.pk).stage != Stage.READY:
            advance(regrade.pk)
            answered, jobs = summing.progress(regrade)
            if sys.stderr.isatty():
                self.stderr.write(f"\rregrade {answered:,}/{jobs:,}", ending="")
            if time.monotonic() > end:
                raise NotDoneError(
                    f"{answered} of {jobs} jobs are marked. Regrade {regrade.pk} goes on by itself; "
                    f"once it is ready: manage.py regrade {regrade.course.slug} --apply {regrade.pk}"
                )
            pause()

    def _say(self, regrade: Regrade, done: applying.Done | None, verb: str, options: dict[str, Any]) -> None:
        found = summing.sum_of(regrade)
        result: dict[str, Any] = {
            "regrade": regrade.pk,
            "scope": regrade.scope,
            "submissions": found.looked_at,
            "changed": done.submissions if done else found.changed,
            "up": found.up,
            "down": found.down,
            "stays": found.stays,
            "scores": done.scores if done else None,
            "applied": done is not None,
            "rows": list(summing.told(regrade)) if options["format"] == "json" else [],
        }
        words = f"{regrade.scope}: {found.looked_at} submissions looked at, {result['changed']} "
        words += f"{verb}, {done.scores} scores changed" if done else "would change"
        words += "".join(f", {number} stay ({why})" for why, number in found.stays.items()) + "\n"
        for row in islice(summing.told(regrade), SHOWN):
            words += "  {student}, item {item}: {before} -> {after} {boxes} {stays}\n".format(**row)
        if done is None:
            option = "undo" if verb == "undone" else "apply"
            words += (
                f"Nothing was changed. Then: manage.py regrade {regrade.course.slug} --{option} {regrade.pk}"
            )
        self.tell(result, words, form=options["format"])


def pause() -> None:
    """Between two looks at what the grader has sent."""
    time.sleep(0.2)


def _of(course: Course, pk: int) -> Regrade:
    regrade = Regrade.objects.filter(course=course, pk=pk).first()
    if regrade is None:
        raise WrongCallError(f"This course has no regrade {pk}.")
    return regrade


def _wish(course: Course, options: dict[str, Any]) -> Wish:
    student = None
    if options["student"]:
        student = User.objects.filter(username=options["student"], enrolments__course=course).first()
        if student is None:
            raise WrongCallError(f"Nobody in this course is called '{options['student']}'.")
    return Wish(
        assignment=options["assignment"],
        item=options["item"],
        exercise=options["exercise"],
        student=student,
        since=_moment(options["since"]) if options["since"] else None,
        version=options["to_version"],
    )


def _moment(text: str) -> datetime:
    """A date or a time as typed, in the site's time zone."""
    try:
        found = parse_datetime(text) or datetime.combine(
            parse_date(text) or datetime.max, datetime.min.time()
        )
    except ValueError:
        found = datetime.max
    if found.year == datetime.max.year:
        raise WrongCallError(f"'{text}' is no date such as 2026-05-01 and no time such as 2026-05-01T12:00.")
    return found if timezone.is_aware(found) else timezone.make_aware(found)
