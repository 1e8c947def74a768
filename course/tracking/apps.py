"""The room of tracking: listens to what is marked."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrackingConfig(AppConfig):
    """Connects the listeners."""

    name = "course.tracking"
    label = "tracking"
    verbose_name = _("Tracking")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What is marked or worked out anew is counted in the same transaction."""
        from course.tracking import keeping, relabelling  # noqa: PLC0415  models are there only now

        keeping.connect()
        relabelling.describe_changes()
