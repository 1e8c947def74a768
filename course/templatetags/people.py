"""What the pages about people say of somebody: the role, the accommodation, what a field is called."""

from __future__ import annotations

from django import template

from course.people.accommodations import accommodation_of, said
from course.people.models import Enrolment
from course.people.roles import rights_of, words_for
from course.people.roster.columns import FIELDS

register = template.Library()


@register.filter
def role_words(place: Enrolment) -> str:
    """What somebody is in the course."""
    return words_for(rights_of(place))


@register.filter
def more_words(place: Enrolment) -> str:
    """What their accommodation gives; "" without one."""
    return said(accommodation_of(place))


@register.filter
def field_words(field: str) -> str:
    """What a detail is called."""
    return str(FIELDS.get(field, field))
