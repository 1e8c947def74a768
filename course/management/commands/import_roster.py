"""``manage.py import_roster``: a roster from a CSV file, the same as on the page."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.db import transaction

from course.management.base import NotDoneError, SiteCommand, WrongCallError, undo_if
from course.people.models import Course, RosterImport
from course.people.roster.applying import import_roster
from course.people.roster.plan import Plan, Step
from course.people.roster.rows import read_roster
from course.people.roster.table import FileProblem
from course.people.roster.undoing import last_import, undo_import


class Command(SiteCommand):
    """Imports a roster, or takes the last import back."""

    help = (
        "Puts the people of a CSV file in a course. The first line names the columns: first name, last name "
        "(or name), e-mail, username, student number, LMS id, section, in any order. A second time changes "
        "nothing. While one line is wrong nothing is imported, unless --partly."
    )
    example = "manage.py import_roster backprop roster.csv --leave --dry-run"
    writes = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("course", metavar="SLUG", help="the course's short name")
        parser.add_argument("file", metavar="FILE", nargs="?", help="the CSV file; - is the standard input")
        parser.add_argument("--leave", action="store_true", help="students who are not in it have left")
        parser.add_argument("--partly", action="store_true", help="leave out the lines that are wrong")
        parser.add_argument("--undo", action="store_true", help="take the last import of the course back")

    def handle(self, *args: Any, **options: Any) -> None:
        course = Course.objects.filter(slug=options["course"]).first()
        if course is None:
            raise WrongCallError(f"There is no course '{options['course']}'.")
        if bool(options["file"]) == options["undo"]:
            raise WrongCallError("Name a file, or say --undo.")
        with transaction.atomic():
            (self._undo if options["undo"] else self._import)(course, options)
            undo_if(options["dry_run"])

    def _import(self, course: Course, options: dict[str, Any]) -> None:
        try:
            roster = read_roster(_bytes(options["file"]))
        except FileProblem as problem:
            raise NotDoneError(str(problem)) from None
        draft = RosterImport(course=course, name=Path(options["file"]).name[:100], leave=options["leave"])
        whole = options["partly"] or not roster.problems
        plan = import_roster(draft, roster, None, seen="" if whole else "nothing")
        if plan.problems and not options["partly"]:
            transaction.set_rollback(True)
            self.tell(_result(plan, done=False), _words(plan), form=options["format"])
            raise NotDoneError("Nothing was imported: mend these lines, or say --partly.")
        self.tell(_result(plan, done=not options["dry_run"]), _words(plan), form=options["format"])

    def _undo(self, course: Course, options: dict[str, Any]) -> None:
        last = last_import(course)
        if last is None:
            raise NotDoneError("There is no import to take back.")
        undone = undo_import(last, None)
        result = {name: getattr(undone, name) for name in ("removed", "left", "restored", "kept")}
        words = ", ".join(f"{name} {number}" for name, number in result.items())
        self.tell(result, words, form=options["format"])


def _bytes(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise WrongCallError(f"Cannot read {name}: {error.strerror}.") from None


def _result(plan: Plan, *, done: bool) -> dict[str, Any]:
    return {
        "imported": done,
        "counts": plan.counts,
        "sections": plan.sections,
        "unread": plan.unread,
        "problems": [
            {"line": one.line, "field": one.field, "what": one.words, "value": one.value}
            for one in plan.problems
        ],
        "people": [_person(step) for step in plan.steps],
        "left": [place.account.username for place in plan.left],
    }


def _person(step: Step) -> dict[str, Any]:
    return {
        "line": step.person.line,
        "what": step.kind,
        "name": step.person.name,
        "matched": step.matched,
        "username": step.account.username if step.account else step.username,
        "changes": {one.field: [one.old, one.new] for one in step.differences},
        "notices": step.notices,
    }


def _words(plan: Plan) -> str:
    lines = [f"line {one.line}: {one.field_words} {one.words} {one.value}".rstrip() for one in plan.problems]
    lines += [
        f"line {step.person.line}: {step.person.name} {one}" for step in plan.steps for one in step.notices
    ]
    lines += [f"not read: {', '.join(plan.unread)}"] if plan.unread else []
    return "\n".join([*lines, ", ".join(f"{name} {number}" for name, number in plan.counts.items())])
