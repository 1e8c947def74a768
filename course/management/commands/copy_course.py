"""``manage.py copy_course``: a course with its assignments, every date moved; the same as on the page."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils import timezone

from course.management.base import SiteCommand, WrongCallError, undo_if
from course.people.copying import Line, copy_course, plan_copy
from course.people.models import Course


def _day(text: str) -> date:
    return date.fromisoformat(text)


_day.__name__ = "day, as 2027-02-01"  # argparse says it when the text is none


class Command(SiteCommand):
    """Copies a course for another term."""

    help = (
        "Copies a course: its assignments with their exercises, pools and policies, every date moved by the "
        "days between the two first days. Its owners own the copy; other people and all work are left out."
    )
    example = "manage.py copy_course backprop backprop-2027 --starts 2027-02-01 --dry-run"
    writes = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("course", metavar="SLUG", help="the short name of the course")
        parser.add_argument("new", metavar="NEWSLUG", help="the short name of the copy")
        parser.add_argument("--starts", metavar="DAY", type=_day, required=True, help="first day of the copy")
        parser.add_argument(
            "--began", metavar="DAY", type=_day, help="first day of the course; else as it says"
        )
        parser.add_argument("--title", help="of the copy; else the same")
        parser.add_argument("--sections", action="store_true", help="the sections too, without their people")

    def handle(self, *args: Any, **options: Any) -> None:
        source = Course.objects.filter(slug=options["course"]).first()
        if source is None:
            raise WrongCallError(f"There is no course '{options['course']}'.")
        slug = _free(options["new"])
        plan = plan_copy(source, options["starts"], options["began"])
        own = {"title": options["title"] or source.title, "slug": slug, "starts": options["starts"]}
        with transaction.atomic():
            copy_course(source, plan, by=None, sections=options["sections"], **own)
            undo_if(options["dry_run"])
        result = {
            "copied": not options["dry_run"],
            "course": slug,
            "days": plan.days,
            "same_weekdays": plan.same_weekdays,
            "passwords": plan.passwords,
            "assignments": [_line(line) for line in plan.lines],
        }
        self.tell(result, _words(result, plan.lines), form=options["format"])


def _free(slug: str) -> str:
    try:
        validate_slug(slug)
    except ValidationError:
        raise WrongCallError(f"'{slug}' is no short name: letters, digits, - and _ only.") from None
    if Course.objects.filter(slug__iexact=slug).exists():
        raise WrongCallError(f"There is a course '{slug}' already.")
    return slug


def _line(line: Line) -> dict[str, Any]:
    dates = {one.name: [one.old.isoformat(), one.new.isoformat()] for one in line.dates}
    return {"title": line.assignment.title, "items": line.items, "dates": dates}


def _words(result: dict[str, Any], lines: tuple[Line, ...]) -> str:
    said = [f"{result['course']}: every date moves by {result['days']} days"]
    if not result["same_weekdays"]:
        said.append("  no whole number of weeks: dates fall on other weekdays")
    for line in lines:
        said.append(f"  {line.assignment.title} ({line.items} exercises)")
        said += [f"    {one.name}: {_local(one.old)} -> {_local(one.new)}" for one in line.dates]
    return "\n".join(said)


def _local(when: Any) -> str:
    return timezone.localtime(when).strftime("%a %Y-%m-%d %H:%M")
