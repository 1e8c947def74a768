"""The forms of a course: making one, its title and first day, and a copy of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from course.people.models import Course

SLUG_HELP = _("Stands in the addresses of its pages, as in /c/backprop-2027/. Empty: made from the title.")
LONGEST_SLUG = 50


class DayInput(forms.DateInput):
    """A day, with the browser's calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class NewCourseForm(forms.ModelForm):  # type: ignore[type-arg]  # no [Course] at run time
    """Title, short name, first day."""

    slug = forms.SlugField(
        label=_("Short name"), max_length=LONGEST_SLUG, required=False, help_text=SLUG_HELP
    )

    class Meta:
        model = Course
        fields = ("title", "slug", "starts")
        widgets = {"starts": DayInput()}  # noqa: RUF012 - Django's way

    def clean_slug(self) -> str:
        """A free one, made from the title if none was typed."""
        typed = str(self.cleaned_data["slug"])
        if typed and Course.objects.filter(slug__iexact=typed).exists():
            raise forms.ValidationError(_("Another course has this short name. Choose another one."))
        return typed or free_slug(self.cleaned_data.get("title", ""))


class CourseForm(forms.ModelForm):  # type: ignore[type-arg]  # no [Course] at run time
    """What may be changed later."""

    class Meta:
        model = Course
        fields = ("title", "starts")
        widgets = {"starts": DayInput()}  # noqa: RUF012 - Django's way


class CopyForm(NewCourseForm):
    """A copy: its own title and short name, the two first days, and whether it has the sections too."""

    began = forms.DateField(
        label=_("First day of this course"),
        required=False,
        widget=DayInput(),
        help_text=_("Empty: the day of its first date."),
    )
    sections = forms.BooleanField(label=_("Copy the sections too, without their people"), required=False)

    field_order = ("title", "slug", "began", "starts", "sections")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].label = _("Title of the copy")
        self.fields["slug"].label = _("Short name of the copy")
        starts = self.fields["starts"]
        starts.label, starts.required = _("First day of the copy"), True
        starts.help_text = _("Every date moves by as many days as lie between the two first days.")


def free_slug(title: str) -> str:
    """A short name that no course has, from a title: with a number at its end if need be."""
    base = slugify(title)[: LONGEST_SLUG - 6] or "course"
    taken = set(Course.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(slug for slug in numbered if slug not in taken)
