"""What a roster would change in a course: how each line matched, and what becomes of whom. Changes nothing.

A line is looked up among the people of the course by what tells people apart, the surest first (LMS id,
student number, e-mail, username), then among the accounts of the site by e-mail and username. Whatever does
not fit is a problem of the line; nobody is taken for somebody else because of a name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from course.people.roster.columns import FIELDS
from course.people.roster.known import Account, Known, Place
from course.people.roster.rows import (
    Person,
    Problem,
    Roster,
    keys_of,
    new_username,
    shown,
    username_source,
)

ACCOUNT = ("first_name", "last_name", "email")  # what belongs to the account, not to the place in the course
PLACE = ("student_number", "lms_id", "section")
NEW, JOINS, CHANGED, RETURNS, SAME = "new", "joins", "changed", "returns", "same"


@dataclass(frozen=True, slots=True)
class Difference:
    """One detail of somebody, before and after."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one line: ``matched`` is the key by which the person was found, "" if new."""

    kind: str
    person: Person
    matched: str = ""
    account: Account | None = None
    place: Place | None = None
    username: str = ""  # of a new account
    differences: tuple[Difference, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """All of it. ``left``: the places of students whom the file does not name, if they are to be marked."""

    steps: tuple[Step, ...]
    problems: tuple[Problem, ...]
    left: tuple[Place, ...] = ()
    sections: tuple[str, ...] = ()  # new ones
    unread: tuple[str, ...] = ()

    def of(self, *kinds: str) -> list[Step]:
        """The steps of these kinds."""
        return [step for step in self.steps if step.kind in kinds]

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many are new, changed, unchanged, left, and how many lines are wrong."""
        lines = {problem.line for problem in self.problems}
        return {
            "new": len(self.of(NEW, JOINS)),
            "changed": len(self.of(CHANGED, RETURNS)),
            "unchanged": len(self.of(SAME)),
            "left": len(self.left),
            "wrong": len(lines),
        }

    @property
    def changes(self) -> bool:
        """Whether anything would become different."""
        return any(self.counts[name] for name in ("new", "changed", "left"))

    @cached_property
    def digest(self) -> str:
        """The same for the same changes: what somebody has looked at is what is done."""
        told = repr((self.steps, self.left, self.sections, self.problems))
        return hashlib.sha256(told.encode()).hexdigest()[:32]


class LineProblem(Exception):  # noqa: N818 - it is an answer, not a fault of the program
    """A line does not fit what is known."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field, self.words = field, words


def plan_roster(roster: Roster, known: Known, *, leave: bool = False) -> Plan:
    """What the roster would change. With ``leave``, students whom it does not name leave; not if a line is
    wrong, since that may be theirs."""
    steps, problems = list[Step](), list(roster.problems)
    taken: dict[int | str, int] = {}  # a person, and the line that was matched with them
    for person in roster.people:
        try:
            step = _step(person, known)
            _only_once(step, taken)
            steps.append(step)
        except LineProblem as problem:
            value = shown(getattr(person, problem.field, ""))
            problems.append(Problem(person.line, problem.field, problem.words, value))
    named = {step.place.enrolment for step in steps if step.place}
    rest = (place for place in known.places if place.active and not place.staff)
    left = tuple(place for place in rest if place.enrolment not in named) if leave and not problems else ()
    problems.sort(key=lambda one: one.line)
    return Plan(tuple(steps), tuple(problems), left, _new_sections(steps, known), roster.unread)


def _new_sections(steps: Iterable[Step], known: Known) -> tuple[str, ...]:
    there = {name.casefold() for name in known.sections}
    wanted = {step.person.section.casefold(): step.person.section for step in steps if step.person.section}
    return tuple(sorted(name for folded, name in wanted.items() if folded not in there))


def _only_once(step: Step, taken: dict[int | str, int]) -> None:
    """No two lines are one person, and no two new accounts have one username."""
    who = step.account.user if step.account else step.username.casefold()
    before = taken.setdefault(who, step.person.line)
    if before != step.person.line:
        name = step.account.name if step.account else step.username
        words = _("is %(name)s, as line %(line)d is") % {"name": name, "line": before}
        raise LineProblem(step.matched or username_source(step.person), words)


def _step(person: Person, known: Known) -> Step:
    found, matched = _place_of(person, known)
    if found is not None:
        return _known_step(person, found, matched)
    account, matched = _account_of(person, known)
    if account is not None:
        return _joining_step(person, account, matched)
    return _new_step(person, known)


def _place_of(person: Person, known: Known) -> tuple[Place | None, str]:
    """The one of the course whom the line names, and by what."""
    found: Place | None = None
    by = ""
    for key in keys_of(person):
        places = known.by_key.get(key, [])
        if len(places) > 1:
            names = ", ".join(place.account.name for place in places[:3])
            raise LineProblem(key[0], _("is that of several people here: %(names)s") % {"names": names})
        if not places:
            continue
        if found is not None and places[0].enrolment != found.enrolment:
            told = {"name": places[0].account.name, "other": found.account.name, "field": FIELDS[by]}
            raise LineProblem(key[0], _("is %(name)s's, but the %(field)s is %(other)s's") % told)
        found, by = places[0], by or key[0]
    return found, by


def _known_step(person: Person, place: Place, matched: str) -> Step:
    if place.staff:
        return Step(SAME, person, matched, place.account, place, notices=(_("is of the staff: left alone"),))
    now = {"first_name": place.account.first_name, "last_name": place.account.last_name}
    now |= {"email": place.account.email, "section": place.section}
    now |= {"student_number": place.student_number, "lms_id": place.lms_id}
    differences, notices = list[Difference](), list[str]()
    for name in (*ACCOUNT, *PLACE):
        new = getattr(person, name)
        if not new or _same(name, new, now[name]):
            continue
        if name in ACCOUNT and not place.account.ours:
            words = _("keeps the %(field)s of their own account, “%(old)s”")
            notices.append(words % {"field": FIELDS[name], "old": now[name] or "–"})
        else:
            differences.append(Difference(name, now[name], new))
    if person.username and person.username.casefold() != place.account.username.casefold():
        notices.append(_("keeps the username “%(old)s”") % {"old": place.account.username})
    kind = RETURNS if not place.active else CHANGED if differences else SAME
    account = place.account
    return Step(kind, person, matched, account, place, "", tuple(differences), tuple(notices))


def _same(name: str, new: str, old: str) -> bool:
    return new.casefold() == old.casefold() if name in {"email", "section"} else new == old


def _account_of(person: Person, known: Known) -> tuple[Account | None, str]:
    """The account outside the course whom the line names, and by what."""
    mailed = known.by_email.get(person.email.casefold(), []) if person.email else []
    named = known.by_username.get(person.username.casefold()) if person.username else None
    if named is None and len(mailed) > 1:
        raise LineProblem("email", _("is that of several accounts; say which in a column “username”"))
    if named is None:
        return (mailed[0], "email") if mailed else (None, "")
    if mailed and named not in mailed:
        raise LineProblem("username", _("is that of another account than the e-mail"))
    if not mailed and person.email and named.email:
        raise LineProblem("username", _("belongs to an account with another e-mail"))
    if not mailed and not _same_name(person, named):
        raise LineProblem("username", _("is taken by %(name)s: the same person?") % {"name": named.name})
    return named, "email" if mailed else "username"


def _same_name(person: Person, account: Account) -> bool:
    """Whether the names do not contradict each other."""
    pairs = ((person.first_name, account.first_name), (person.last_name, account.last_name))
    return all(not one or not other or one.casefold() == other.casefold() for one, other in pairs)


def _joining_step(person: Person, account: Account, matched: str) -> Step:
    notices = [_("has the account “%(username)s” and joins with it") % {"username": account.username}]
    if not _same_name(person, account):
        notices.append(_("keeps the name of the account, %(name)s") % {"name": account.name})
    return Step(JOINS, person, matched, account, notices=tuple(notices))


def _new_step(person: Person, known: Known) -> Step:
    username = new_username(person)
    if holder := known.holder(username):
        words = _("would be the username, but %(name)s has it; say which in a column “username”")
        raise LineProblem(username_source(person), words % {"name": holder.name})
    twin = next((place for place in known.places if _may_be(person, place)), None)
    notices: tuple[str, ...] = ()
    if twin is not None:
        words = _("has the name of %(username)s, who is here: if that is the same person, give this username")
        notices = (words % {"username": twin.account.username},)
    return Step(NEW, person, username=username, notices=notices)


def _may_be(person: Person, place: Place) -> bool:
    whole = (place.account.first_name.casefold(), place.account.last_name.casefold())
    return any(whole) and whole == (person.first_name.casefold(), person.last_name.casefold())
