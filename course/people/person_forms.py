"""The forms about one person: details, rights, accommodation, and adding somebody by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from course.people.models import Content, Data, Enrolment, Role
from course.people.roles import PRESETS, Rights, preset_of, rights_of
from course.people.roster.columns import FIELDS, KEYS
from course.people.roster.rows import DETAILS, LONGEST, CellProblem, Person, read_cell

OWN = "own"  # rights that are no preset


class DetailsForm(forms.Form):
    """What a roster says of somebody, with a roster's rules. ``sections`` are offered as they are typed."""

    def __init__(self, *args: Any, fields: tuple[str, ...] = DETAILS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in fields:
            words = str(FIELDS[name])
            label = words[:1].upper() + words[1:]
            self.fields[name] = forms.CharField(label=label, required=False, strip=False)
            self.fields[name].widget.attrs |= {"maxlength": LONGEST[name], "autocomplete": "off"}
        if "section" in self.fields:
            self.fields["section"].widget.attrs["list"] = "sections"

    def clean(self) -> dict[str, Any]:
        """Each as the roster's reader takes it."""
        cleaned = super().clean() or {}
        for name in [name for name in cleaned if name in LONGEST]:
            try:
                cleaned[name] = read_cell(name, cleaned[name])
            except CellProblem as problem:
                self.add_error(name, _("This %(problem)s.") % {"problem": problem})
        return cleaned


class RightsForm(forms.Form):
    """A preset, or the two rights on their own."""

    preset = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)
    content = forms.TypedChoiceField(label=_("Content"), choices=Content.choices, coerce=int, required=False)
    work = forms.TypedChoiceField(label=_("Students' work"), choices=Data.choices, coerce=int, required=False)

    def __init__(self, *args: Any, place: Enrolment | None = None, **kwargs: Any) -> None:
        now = rights_of(place) if place else Rights(Role.STUDENT)
        kwargs["initial"] = {"preset": preset_of(now) or OWN, "content": now.content, "work": now.data}
        super().__init__(*args, **kwargs)
        named = [(name, f"{preset.words}: {preset.say}") for name, preset in PRESETS.items()]
        own = (OWN, _("Staff with other rights, chosen here:"))
        field = self.fields["preset"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*named, own]

    def rights(self) -> Rights:
        """What was chosen."""
        chosen = self.cleaned_data
        if chosen["preset"] != OWN:
            return PRESETS[chosen["preset"]].rights
        return Rights(Role.INSTRUCTOR, Content(chosen["content"] or 0), Data(chosen["work"] or 0))


class AccommodationForm(forms.Form):
    """More time and more days, as a student's office grants them."""

    factor = forms.DecimalField(
        label=_("Time factor"),
        min_value=1,
        max_value=10,
        max_digits=4,
        decimal_places=2,
        localize=False,
        help_text=_("1.5 makes 90 minutes of an hour; 1 is no more time."),
    )
    days = forms.IntegerField(
        label=_("Extra days"), min_value=0, max_value=365, help_text=_("After every due and closing date.")
    )
    note = forms.CharField(
        label=_("Note for the staff"),
        max_length=200,
        required=False,
        help_text=_("The student never sees it."),
    )


class PersonForm(DetailsForm):
    """Somebody who is added by hand."""

    preset = forms.ChoiceField(
        label=_("Role"), choices=[(name, preset.words) for name, preset in PRESETS.items()]
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    field_order = (*DETAILS, "preset", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """One of what tells people apart has to be there."""
        cleaned = super().clean()
        if not self.errors and not any(cleaned.get(key) for key in KEYS):
            self.add_error(None, _("Give an e-mail, a username, a student number or an LMS id."))
        return cleaned

    def person(self) -> Person:
        """As a line of a roster."""
        return Person(1, **{name: self.cleaned_data[name] for name in DETAILS})
