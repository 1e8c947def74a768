"""The forms of signing up, of joining a course, and of a new password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm, PasswordChangeForm
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from course.errors import Refused
from course.people import journal
from course.people.models import Course, Enrolment, User

USERNAME_HELP = _("Letters, digits and @ . + - _")
PASSWORD_HELP = _("At least 8 characters. No common password, and nothing like your name.")
AGAIN = _("The same password again")


class JoinForm(forms.Form):
    """A join code, and the course that it opens."""

    join_code = forms.CharField(
        label=_("Join code"),
        max_length=32,
        help_text=_("Your instructor has it."),
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "off", "autocapitalize": "characters"}
        ),
    )

    def clean_join_code(self) -> str:
        """Capitals, spaces and hyphens do not matter."""
        code = str(self.cleaned_data["join_code"]).upper().replace("-", "").replace(" ", "")
        if not Course.objects.filter(join_code=code, joinable=True, archived=False).exists():
            raise forms.ValidationError(_("No course has this code. Check each letter."), code="unknown")
        return code

    def join(self, user: User) -> Course:
        """Put the user in the course; one who is in it already keeps their role. 403 for one who has left."""
        course = Course.objects.get(join_code=self.cleaned_data["join_code"])
        place, new = Enrolment.objects.get_or_create(course=course, user=user)
        if not place.active:
            detail = _("You have left this course. Ask its instructor to take you back.")
            raise Refused(403, str(_("Not open to you")), str(detail))
        if new:
            journal.note(course, user, "people.joined", whom=user)
        return course


class SignUpForm(JoinForm, BaseUserCreationForm):  # type: ignore[type-arg]  # no [User] at run time
    """A new account, in the course of the code. Without a right code nothing tells which names are taken."""

    field_order = ("join_code", "username", "first_name", "last_name", "password1", "password2")

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["username"].widget.attrs["autofocus"]
        self.fields["username"].help_text = USERNAME_HELP
        self.fields["password1"].help_text = PASSWORD_HELP
        self.fields["password2"].label, self.fields["password2"].help_text = AGAIN, ""

    @transaction.atomic
    def sign_up(self) -> tuple[User, Course]:
        """Make the account and the enrolment, both or none."""
        user: User = self.save()
        return user, self.join(user)

    def clean_username(self) -> Any:
        """A name that differs from a taken one in capitals only is taken too."""
        name = self.cleaned_data["username"]
        if self._has_a_code() and User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(_("This name is taken. Choose another one."), code="taken")
        return name

    def validate_unique(self) -> None:
        """Django's own look at the names waits for the code as well."""
        if self._has_a_code():
            super().validate_unique()

    def _has_a_code(self) -> bool:
        return "join_code" in self.cleaned_data


class NewPasswordForm(PasswordChangeForm):
    """The old password and a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = PASSWORD_HELP
        self.fields["new_password2"].label, self.fields["new_password2"].help_text = AGAIN, ""
