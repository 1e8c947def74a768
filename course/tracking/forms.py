"""The form that names a misconception."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from course.tracking import rules
from course.tracking.models import NamedRule
from course.work.mathml import prose
from course.work.models import Attempt
from grader.expression import Unreadable, read


class NameForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A formula over the box's names, and what students who answer it are told."""

    class Meta:
        model = NamedRule
        fields = ("formula", "name", "message")
        labels = {  # noqa: RUF012
            "formula": gettext_lazy("The formula that gives this answer"),
            "name": gettext_lazy("A name for it, for the staff"),
            "message": gettext_lazy("What the student is told: best a question, never the answer"),
        }
        widgets = {  # noqa: RUF012
            "formula": forms.TextInput({"dir": "ltr", "spellcheck": "false", "autocomplete": "off"}),
            "message": forms.Textarea({"rows": 3}),
        }

    def __init__(self, *args: Any, attempt: Attempt, box: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attempt, self.box = attempt, box

    def clean_formula(self) -> str:
        """A formula of the language, over the names that the box offers, that is not the right answer."""
        formula: str = self.cleaned_data["formula"].strip()
        asked = rules.asked_box(self.attempt, self.box)
        assert asked is not None
        try:
            read(formula, asked.names)
        except Unreadable as error:
            raise forms.ValidationError(_("It cannot be read: %(why)s") % {"why": error}) from error
        if rules.says_nothing(rules.paper_of(self.attempt, {}), self.box, formula):
            raise forms.ValidationError(_("On this variant it gives the right answer or none."))
        return formula

    def clean_message(self) -> str:
        """Math between backticks must be readable: a student will see it."""
        message: str = self.cleaned_data["message"].strip()
        try:
            prose(message)
        except (ValueError, Unreadable) as error:
            raise forms.ValidationError(
                _("The math between backticks cannot be read: %(why)s") % {"why": error}
            ) from error
        return message
