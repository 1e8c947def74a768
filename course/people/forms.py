"""The forms of signing up and of joining a course."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from course.people.models import Course, Enrolment, User


class JoinForm(forms.Form):
    """A join code, and the course that it opens."""

    join_code = forms.CharField(
        label=_("Join code"), max_length=32, help_text=_("Your instructor has it."), strip=True
    )

    def clean_join_code(self) -> str:
        """Capitals, spaces and hyphens do not matter."""
        code = str(self.cleaned_data["join_code"]).upper().replace("-", "").replace(" ", "")
        if not Course.objects.filter(join_code=code, archived=False).exists():
            raise forms.ValidationError(_("No course has this code. Check each letter."), code="unknown")
        return code

    def join(self, user: User) -> Course:
        """Put the user in the course; one who is in it already keeps their role."""
        course = Course.objects.get(join_code=self.cleaned_data["join_code"])
        Enrolment.objects.get_or_create(course=course, user=user)
        return course


class SignUpForm(JoinForm, BaseUserCreationForm):  # type: ignore[type-arg]  # no [User] at run time
    """A new account, in the course of the code."""

    field_order = ("join_code", "username", "first_name", "last_name", "password1", "password2")

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name")

    @transaction.atomic
    def sign_up(self) -> tuple[User, Course]:
        """Make the account and the enrolment, both or none."""
        user: User = self.save()
        return user, self.join(user)

    def clean_username(self) -> Any:
        """A name that differs from a taken one in capitals only is taken too."""
        name = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(_("This name is taken. Choose another one."), code="taken")
        return name
