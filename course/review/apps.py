"""The room of marking by people: listens to what is marked, for the rules about links."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    """Connects the listeners."""

    name = "course.review"
    label = "review"
    verbose_name = _("Marking by people")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What is marked follows the rules for links in the same transaction."""
        from course.review import ruling  # noqa: PLC0415  models are there only now

        ruling.connect()
