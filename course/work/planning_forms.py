"""The form of an assignment: its dates, its clock, and what of its policy differs from its kind's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.work.dates import Dates
from course.work.models import Assignment
from course.work.policies import DEFAULTS, read_stored
from course.work.policy_values import FIELDS, BadValueError, Feedback, Field

DATES = ("opens", "due", "closes")
LONGEST = 24 * 60  # minutes
BEFORE = "policy_"  # of the names of the policy's fields


class MomentInput(forms.DateTimeInput):
    """A day and a time by the site's clock, with the browser's own picker."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def refuse_disorder(dates: Dates) -> None:
    """Raises ValidationError, at its field, unless it opens, is due and closes in this order."""
    wrong: dict[str, str] = {}
    if dates.opens and dates.closes and dates.opens >= dates.closes:
        wrong["closes"] = _("It closes before it opens.")
    if dates.opens and dates.due and dates.due < dates.opens:
        wrong["due"] = _("It is due before it opens.")
    if dates.due and dates.closes and dates.closes < dates.due:
        wrong["closes"] = _("It closes before it is due.")
    if wrong:
        raise forms.ValidationError(wrong)


class AssignmentForm(forms.ModelForm):  # type: ignore[type-arg]  # no [Assignment] at run time
    """All of an assignment but its items; an empty field of the policy is the default of its kind."""

    class Meta:
        model = Assignment
        fields = ("title", "kind", *DATES, "minutes", "password", "shuffled", "hidden")
        field_classes = dict.fromkeys(DATES, forms.DateTimeField)
        widgets = {each: MomentInput() for each in DATES}  # noqa: RUF012 - Django's way

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opens"].help_text = _("empty: at once")
        self.fields["due"].help_text = _("what comes later is late; empty: never")
        self.fields["closes"].help_text = _("after it nothing is taken; empty: never")
        self.fields["password"].help_text = _("told in the room; empty: none")
        self.fields["minutes"] = forms.IntegerField(
            label=self.fields["minutes"].label,
            help_text=_("empty: no limit; else it is begun on its own page, and the clock runs"),
            required=False,
            min_value=1,
            max_value=LONGEST,
        )
        kind = self.data.get("kind") if self.is_bound else self.instance.kind
        default = DEFAULTS.get(str(kind), DEFAULTS[self.instance.kind])
        stored = read_stored(self.instance.policy)
        for name, setting in FIELDS.items():
            shown = setting.show(stored[name]) if name in stored else ""
            self.fields[BEFORE + name] = _field(setting, setting.show(getattr(default, name)), shown)

    @property
    def policy_fields(self) -> Iterator[forms.BoundField]:
        """The fields of the policy, to be shown apart."""
        return (self[BEFORE + name] for name in FIELDS)

    @property
    def plain_fields(self) -> Iterator[forms.BoundField]:
        """All the others."""
        return (self[name] for name in self._meta.fields or ())

    @property
    def zone(self) -> str:
        """The time zone of the dates."""
        return str(settings.TIME_ZONE)

    @property
    def policy_is_open(self) -> bool:
        """Whether something in the policy differs, or is wrong."""
        return bool(self.instance.policy) or any(name.startswith(BEFORE) for name in self.errors)

    def clean(self) -> dict[str, Any]:
        """Dates in order, a policy that can be read, and a close where the feedback waits for it."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not any(each in self.errors for each in DATES):
            refuse_disorder(Dates(*(cleaned.get(each) for each in DATES)))
        self.policy = self._policy(cleaned)
        kind = cleaned.get("kind", self.instance.kind)
        feedback = self.policy.get("feedback", DEFAULTS[kind].feedback)
        if feedback == Feedback.AFTER_CLOSE and not cleaned.get("closes"):
            words = _("Feedback is shown after the close here, so say when it closes.")
            self.add_error("closes", words)
        return cleaned

    def _policy(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """What was typed into the policy, as it is stored."""
        found: dict[str, Any] = {}
        for name, setting in FIELDS.items():
            typed = str(cleaned.get(BEFORE + name) or "").strip()
            if not typed:
                continue
            try:
                found[name] = setting.dump(setting.read(typed))
            except BadValueError as error:
                self.add_error(BEFORE + name, str(error))
        return found

    def save(self, commit: bool = True) -> Assignment:
        """The assignment with its policy."""
        self.instance.policy = self.policy
        saved: Assignment = super().save(commit)
        return saved


def _field(setting: Field, default: str, shown: str) -> forms.Field:
    """A setting as a form shows it, with the default of the kind in place of what is not said."""
    label = str(setting.words)[:1].upper() + str(setting.words)[1:]
    more: dict[str, Any] = {"label": label, "help_text": setting.help, "required": False, "initial": shown}
    if setting.choices:
        words = dict(setting.choices)
        empty = ("", _("as always: %(default)s") % {"default": words.get(default, default)})
        return forms.ChoiceField(choices=[empty, *setting.choices], **more)
    return forms.CharField(widget=forms.TextInput(attrs={"placeholder": default}), max_length=100, **more)


class ExceptionForm(forms.Form):
    """Other dates for one section or one student: so many days more, or dates."""

    whom = forms.ChoiceField(label=gettext_lazy("For"))
    days = forms.IntegerField(
        label=gettext_lazy("Days more"),
        required=False,
        min_value=1,
        max_value=365,
        help_text=gettext_lazy("on the due date and the close"),
    )
    opens = forms.DateTimeField(label=gettext_lazy("Or: opens"), required=False, widget=MomentInput())
    due = forms.DateTimeField(label=gettext_lazy("Due"), required=False, widget=MomentInput())
    closes = forms.DateTimeField(label=gettext_lazy("Closes"), required=False, widget=MomentInput())
    note = forms.CharField(label=gettext_lazy("Note for the staff"), required=False, max_length=200)

    def __init__(self, whom: list[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["whom"].choices = whom  # type: ignore[attr-defined]

    @property
    def dates(self) -> Dates:
        """The dates that were typed."""
        return Dates(*(self.cleaned_data.get(each) for each in DATES))

    def clean(self) -> dict[str, Any]:
        """Either days or dates, and dates in order."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        if bool(cleaned.get("days")) == (self.dates != Dates()):
            raise forms.ValidationError(_("Give either days more or at least one date."))
        refuse_disorder(self.dates)
        return cleaned
