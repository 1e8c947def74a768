"""``manage.py extend``: other dates of an assignment for one student or a section."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from course.management.base import NotDoneError, SiteCommand, WrongCallError, undo_if
from course.people.models import Course, Enrolment, Section
from course.work.dates import Dates, Effective
from course.work.extending import Change, extend
from course.work.gate import shown
from course.work.models import Assignment


class Command(SiteCommand):
    """Gives an exception, or changes the one that is there."""

    help = "Gives one student or one section other dates in an assignment, and says what holds then."
    example = 'manage.py extend backprop "Homework 1" --student ada --days 2 --dry-run'
    writes = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Course, assignment, for whom, how long."""
        super().add_arguments(parser)
        parser.add_argument("course", help="short name of the course, as in its address")
        parser.add_argument("assignment", help="its title, or its number as in its address")
        whom = parser.add_mutually_exclusive_group(required=True)
        whom.add_argument("--student", metavar="USER", help="username of a student of the course")
        whom.add_argument("--section", metavar="NAME", help="name of a section of the course")
        until = parser.add_mutually_exclusive_group(required=True)
        until.add_argument("--days", type=int, help="so many days more, on the due date and the close")
        until.add_argument("--due", help="due on this date, as 2026-12-12T18:00 by the site's clock")
        parser.add_argument("--closes", help="with --due: closes then")
        parser.add_argument("--note", default="", help="a note for the staff")

    def handle(self, *args: Any, **options: Any) -> None:
        """One exception, and the date that holds."""
        course = Course.objects.filter(slug=options["course"]).first()
        if course is None:
            raise WrongCallError(f"There is no course '{options['course']}'.")
        assignment, whom = _assignment(course, options["assignment"]), _whom(course, options)
        days, dates = options["days"], _dates(options)
        if days is not None and not 1 <= days <= 365:
            raise WrongCallError("--days takes 1 to 365.")
        with transaction.atomic():
            try:
                change = extend(assignment, whom, by=None, days=days, dates=dates, note=options["note"][:200])
            except ValueError as error:
                raise NotDoneError(f"{assignment}: {error}.") from None
            undo_if(options["dry_run"])
        would = "would hold" if options["dry_run"] else "holds"
        name = options["student"] or f"section {options['section']}"
        result = {
            "assignment": assignment.title,
            "whom": name,
            "dry_run": options["dry_run"],
            **_told(change),
        }
        words = f"{assignment}, {name}: due {result['due']}, closes {result['closes']} {would}"
        self.tell(result, f"{words} ({result['rule']}).", form=options["format"])


def _assignment(course: Course, asked: str) -> Assignment:
    rows = course.assignments.order_by("position", "pk")
    found = list(rows.filter(title=asked)) or list(rows.filter(pk=int(asked)) if asked.isdecimal() else ())
    if len(found) != 1:
        there = ", ".join(f"{row.pk} '{row.title}'" for row in rows) or "none"
        raise WrongCallError(
            f"'{asked}' names {len(found)} assignments of {course.slug}. There are: {there}."
        )
    return found[0]


def _whom(course: Course, options: dict[str, Any]) -> Enrolment | Section:
    places = Enrolment.objects.select_related("user", "section", "accommodation")
    found: Enrolment | Section | None = (
        places.filter(course=course, user__username=options["student"], role="student").first()
        if options["student"]
        else Section.objects.filter(course=course, name=options["section"]).first()
    )
    if found is None:
        named = options["student"] or options["section"]
        raise WrongCallError(f"There is no student or section '{named}' in {course.slug}.")
    return found


def _dates(options: dict[str, Any]) -> Dates | None:
    if options["closes"] and not options["due"]:
        raise WrongCallError("--closes goes with --due.")
    return Dates(due=_moment(options["due"]), closes=_moment(options["closes"])) if options["due"] else None


def _moment(typed: str | None) -> datetime | None:
    if typed is None:
        return None
    try:
        read = parse_datetime(typed)
    except ValueError:
        read = None
    if read is None:
        raise WrongCallError(f"'{typed}' is no date and time such as 2026-12-12T18:00.")
    return read if timezone.is_aware(read) else timezone.make_aware(read)


def _told(change: Change) -> dict[str, str]:
    """The dates that hold; a section's are the exception's own."""
    held = change.after or Effective(None, change.exception.due, change.exception.closes)
    rule = change.after.rule if change.after else "exception for the section"
    return {"due": _shown(held.due), "closes": _shown(held.closes), "rule": rule}


def _shown(when: datetime | None) -> str:
    return shown(when) if when else "never"
