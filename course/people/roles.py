"""What somebody is in a course: presets over the two rights, leaving and returning. The last owner stays."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.errors import Refused
from course.people import journal
from course.people.models import Content, Course, Data, Enrolment, Role, User


@dataclass(frozen=True, slots=True)
class Rights:
    """A role with its two rights."""

    role: Role
    content: Content = Content.NONE
    data: Data = Data.NONE


@dataclass(frozen=True, slots=True)
class Preset:
    """Rights that have a name."""

    words: str | Promise
    say: str | Promise
    rights: Rights


PRESETS = {
    "student": Preset(gettext_lazy("Student"), gettext_lazy("works on the exercises"), Rights(Role.STUDENT)),
    "instructor": Preset(
        gettext_lazy("Instructor"),
        gettext_lazy("owns the course, sees and marks all work"),
        Rights(Role.INSTRUCTOR, Content.OWNER, Data.GRADER),
    ),
    "assistant": Preset(
        gettext_lazy("Assistant"),
        gettext_lazy("sees the content, sees and marks all work"),
        Rights(Role.INSTRUCTOR, Content.VIEWER, Data.GRADER),
    ),
    "observer": Preset(
        gettext_lazy("Observer"),
        gettext_lazy("sees the content, and nothing of the students"),
        Rights(Role.INSTRUCTOR, Content.VIEWER, Data.NONE),
    ),
}


def rights_of(place: Enrolment) -> Rights:
    """What somebody may do."""
    return Rights(Role(place.role), Content(place.content), Data(place.data))


def preset_of(rights: Rights) -> str:
    """The name of the preset with these rights; "" if none has them."""
    return next((name for name, preset in PRESETS.items() if preset.rights == rights), "")


def words_for(rights: Rights) -> str:
    """What these rights are called."""
    name = preset_of(rights)
    if name:
        return str(PRESETS[name].words)
    parts = {"content": rights.content.label, "data": rights.data.label}
    return _("Staff (content: %(content)s, students' work: %(data)s)") % parts


@transaction.atomic
def change_rights(place: Enrolment, rights: Rights, by: User | None) -> bool:
    """Give somebody other rights; whether they were other ones. Raises Refused (409) for the last owner."""
    old = rights_of(place)
    if rights == old:
        return False
    place.role, place.content, place.data = rights.role, rights.content, rights.data
    _refuse_without_owner(place)
    place.save(update_fields=["role", "content", "data"])
    told = {"name": name_of(place), "old": words_for(old), "new": words_for(rights)}
    journal.note(place.course, by, "people.role", whom=place.user, **told)
    return True


@transaction.atomic
def set_active(place: Enrolment, active: bool, by: User | None) -> bool:
    """Mark as having left, or take back; whether that is new. Raises Refused (409) for the last owner."""
    if place.active == active:
        return False
    place.active = active
    _refuse_without_owner(place)
    place.save(update_fields=["active"])
    code = "people.returned" if active else "people.left"
    journal.note(place.course, by, code, whom=place.user, name=name_of(place))
    return True


def _refuse_without_owner(place: Enrolment) -> None:
    """Somebody has to be able to look after the people; ``place`` is as it is about to be."""
    Course.objects.select_for_update().get(pk=place.course_id)  # two owners may not drop each other at once
    if place.active and place.content == Content.OWNER and place.data >= Data.VIEWER:
        return
    others = Enrolment.objects.filter(
        course=place.course_id, active=True, content=Content.OWNER, data__gte=Data.VIEWER
    )
    if not others.exclude(pk=place.pk).exists():
        detail = _(
            "%(name)s is the last who owns this course and sees its people. Make somebody else one first."
        )
        raise Refused(409, _("The last owner"), detail % {"name": name_of(place)})


def name_of(place: Enrolment) -> str:
    """What to call somebody."""
    return place.user.get_full_name() or place.user.get_username()
