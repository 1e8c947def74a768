"""The app of assignments: what it listens to."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Assignments, attempts and submissions."""

    name = "course.work"

    def ready(self) -> None:
        """Connects what must hear of changed dates."""
        from course.work.crediting import listen  # noqa: PLC0415 - it needs the models

        listen()
