"""From a launch that holds to somebody signed in: who it is here, and their place in the course."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from course.lms.claims import Launch, Person
from course.lms.logins import digest
from course.lms.models import Context, Deployment, DeploymentState, Identity, Membership, Registration
from course.lms.refusals import LaunchRefusedError, Reason
from course.lms.roles import Rights, rights_of
from course.people import journal
from course.people.models import Content, Course, Data, Enrolment, User

MOST_PENDING = 20  # deployments of one platform that wait for approval
journal.describe(
    "lms",
    _("LMS"),
    {
        "connected": _("connected the course with “%(title)s” in %(platform)s"),
        "on": _("switched on that grades are sent to the LMS"),
        "off": _("switched off that grades are sent to the LMS"),
        "zeros": _("lets zeros be sent to the LMS for what was not handed in"),
        "no-zeros": _("lets no zeros be sent to the LMS for what was not handed in"),
        "again": _("sent grades to the LMS again: %(number)s"),
    },
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who arrived, and where: without a context the launch was from outside any course."""

    user: User
    context: Context | None
    rights: Rights


def deployment_for(registration: Registration, name: str) -> Deployment:
    """The approved place in the platform; an unknown one is kept for the administrator and refused."""
    found = Deployment.objects.filter(registration=registration, deployment_id=name).first()
    if found is None:
        pending = Deployment.objects.filter(registration=registration, state=DeploymentState.PENDING)
        if pending.count() < MOST_PENDING:
            Deployment.objects.get_or_create(registration=registration, deployment_id=name)
        raise LaunchRefusedError(Reason.DEPLOYMENT, name[:100])
    if found.state != DeploymentState.ACTIVE:
        pending_still = found.state == DeploymentState.PENDING
        raise LaunchRefusedError(Reason.DEPLOYMENT if pending_still else Reason.DEPLOYMENT_OFF, name[:100])
    return found


@transaction.atomic
def arrive(deployment: Deployment, launch: Launch) -> Arrival:
    """The person of a launch, made if new, with the place that their roles give in the connected course.

    Raises LaunchRefusedError for an account that was switched off here, and for who has left the course.
    """
    identity = _identity(deployment.registration, launch.person)
    if not identity.user.is_active:
        raise LaunchRefusedError(Reason.ACCOUNT_OFF)
    rights = rights_of(launch.roles)
    if not launch.context:
        return Arrival(identity.user, None, rights)
    context = _context(deployment, launch)
    membership, _new = Membership.objects.get_or_create(
        context=context, identity=identity, defaults={"content": rights.content, "data": rights.data}
    )
    if context.course is not None:
        enrol(context.course, membership, rights, launch.person)
    given = {"content": rights.content, "data": rights.data}
    Membership.objects.filter(pk=membership.pk).update(**given)
    return Arrival(identity.user, context, rights)


def _identity(registration: Registration, person: Person) -> Identity:
    """Found by the platform and its own name for the person only: an e-mail address proves nothing."""
    found = Identity.objects.select_related("user").filter(registration=registration, subject=person.subject)
    known = found.first()
    if known is None:
        user, new = User.objects.get_or_create(username=username_of(registration, person))
        if new:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        known, _made = Identity.objects.select_related("user").get_or_create(
            registration=registration, subject=person.subject, defaults={"user": user}
        )
    _take_names(registration, person, known.user)
    Identity.objects.filter(pk=known.pk).update(seen_at=timezone.now())
    return known


def username_of(registration: Registration, person: Person) -> str:
    """A name for signing in that nobody types, the same for the same person for ever."""
    return f"lms{registration.pk}-{digest(person.subject)[:24]}"


def _take_names(registration: Registration, person: Person, user: User) -> None:
    """Names are kept as the platform has them now, for an account that it made."""
    if user.username != username_of(registration, person):
        return
    told = {"first_name": person.first_name, "last_name": person.last_name, "email": person.email}
    changed = [name for name, value in told.items() if value and getattr(user, name) != value]
    for name in changed:
        setattr(user, name, told[name])
    if changed:
        user.save(update_fields=changed)


def _context(deployment: Deployment, launch: Launch) -> Context:
    context, _new = Context.objects.select_related("course").get_or_create(
        deployment=deployment, context_id=launch.context, defaults={"title": launch.title}
    )
    told = {"title": launch.title, "columns_url": launch.columns_url, "scopes": list(launch.scopes)}
    changed = [name for name, value in told.items() if value and getattr(context, name) != value]
    for name in changed:
        setattr(context, name, told[name])
    if changed:
        context.save(update_fields=changed)
    return context


def enrol(course: Course, membership: Membership, rights: Rights, person: Person) -> Enrolment:
    """The place in the course. What the LMS gave before it may take or raise; what people gave stays."""
    told = {"lms_id": person.subject[:64], "student_number": person.number}
    enrolment, new = Enrolment.objects.get_or_create(
        course=course,
        user=membership.identity.user,
        defaults={"role": rights.role, "content": rights.content, "data": rights.data, **told},
    )
    if new:
        return enrolment
    if not enrolment.active:
        raise LaunchRefusedError(Reason.LEFT, course.slug)
    as_given = (enrolment.content, enrolment.data) == (membership.content, membership.data)
    if as_given and Rights(Content(enrolment.content), Data(enrolment.data)) != rights:
        enrolment.role, enrolment.content, enrolment.data = rights.role, rights.content, rights.data
    enrolment.lms_id = enrolment.lms_id or told["lms_id"]
    enrolment.student_number = enrolment.student_number or told["student_number"]
    enrolment.save()
    return enrolment


@transaction.atomic
def connect(context: Context, course: Course, by: User) -> bool:
    """Make a course here the one of a course in the LMS; who has come from there so far gets their place.

    False, and nothing is changed, if somebody was faster.
    """
    if not Context.objects.filter(pk=context.pk, course__isnull=True).update(course=course):
        return False
    rows = Membership.objects.filter(context=context).select_related("identity__user")
    left = Enrolment.objects.filter(course=course, active=False).values("user")
    for membership in rows.exclude(identity__user__in=left).order_by("pk"):
        rights = Rights(Content(membership.content), Data(membership.data))
        enrol(course, membership, rights, Person(membership.identity.subject))
    platform = str(context.deployment.registration)
    journal.note(course, by, "lms.connected", title=str(context), platform=platform)
    return True
