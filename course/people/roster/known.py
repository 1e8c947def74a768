"""Whom the site knows, as far as a roster needs it: read once, compared without further queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q
from django.db.models.functions import Lower

from course.people.models import Course, Enrolment, Role, User
from course.people.roster.columns import KEYS
from course.people.roster.rows import Person, new_username

AT_ONCE = 500  # names in one query


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the site. ``ours``: this course made it, so the roster may correct name and e-mail."""

    user: int
    username: str
    first_name: str
    last_name: str
    email: str
    ours: bool = False

    @property
    def name(self) -> str:
        """The whole name, else the username."""
        return f"{self.first_name} {self.last_name}".strip() or self.username


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place in the course."""

    enrolment: int
    account: Account
    student_number: str
    lms_id: str
    section: str
    active: bool
    staff: bool

    def told_by(self) -> Iterator[tuple[str, str]]:
        """What tells this person apart, as it is compared."""
        own = {"student_number": self.student_number, "lms_id": self.lms_id}
        own |= {"email": self.account.email, "username": self.account.username}
        return ((key, own[key].casefold()) for key in KEYS if own[key])


@dataclass(frozen=True)
class Known:
    """Whom the site knows, as far as a roster needs it."""

    places: Sequence[Place]
    accounts: Sequence[Account]  # not in the course, with an e-mail or a username that the roster has
    sections: Sequence[str] = field(default=())

    @cached_property
    def by_key(self) -> Mapping[tuple[str, str], list[Place]]:
        """The places that have a key."""
        found: dict[tuple[str, str], list[Place]] = {}
        for place in self.places:
            for key in place.told_by():
                found.setdefault(key, []).append(place)
        return found

    @cached_property
    def by_email(self) -> Mapping[str, list[Account]]:
        """The other accounts that have an e-mail."""
        found: dict[str, list[Account]] = {}
        for account in self.accounts:
            found.setdefault(account.email.casefold(), []).append(account)
        return found

    def holder(self, username: str) -> Account | None:
        """Who has this username already, in the course or outside."""
        folded = username.casefold()
        inside = self.by_key.get(("username", folded), [])
        return inside[0].account if inside else self.by_username.get(folded)

    @cached_property
    def by_username(self) -> Mapping[str, Account]:
        """The other accounts by their username."""
        return {account.username.casefold(): account for account in self.accounts}


def load_known(course: Course, people: Iterable[Person]) -> Known:
    """The course's people, and the accounts that these lines may mean. One query for 500 names."""
    places = [
        _place(row)
        for row in Enrolment.objects.filter(course=course)
        .select_related("user__invitation", "section")
        .order_by("pk")
    ]
    here = {place.account.user for place in places}
    names = sorted({spelled for person in people for name in _names(person) for spelled in _lower(name)})
    accounts = list[Account]()
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        rows = User.objects.annotate(mail=Lower("email"), login=Lower("username"))
        for user in rows.filter(Q(mail__in=some) | Q(login__in=some)).order_by("pk"):
            if user.pk not in here:
                here.add(user.pk)
                accounts.append(_account(user, ours=False))
    return Known(places, accounts, list(course.sections.order_by("name").values_list("name", flat=True)))


def _names(person: Person) -> list[str]:
    return [name for name in (person.email, person.username, new_username(person)) if name]


def _lower(name: str) -> set[str]:
    """In small letters, as one database or another makes them: some know those of ASCII only."""
    return {name.lower(), "".join(sign.lower() if sign.isascii() else sign for sign in name)}


def _place(row: Enrolment) -> Place:
    invitation = getattr(row.user, "invitation", None)
    ours = invitation is not None and invitation.course_id == row.course_id
    section = row.section.name if row.section else ""
    account = _account(row.user, ours=ours)
    staff = row.role == Role.INSTRUCTOR
    return Place(row.pk, account, row.student_number, row.lms_id, section, row.active, staff)


def _account(user: User, *, ours: bool) -> Account:
    return Account(user.pk, user.username, user.first_name, user.last_name, user.email, ours)
