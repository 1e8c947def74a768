"""The app of the gradebook: what it listens to."""

from django.apps import AppConfig


class GradebookConfig(AppConfig):
    """Scores, totals and files."""

    name = "course.gradebook"

    def ready(self) -> None:
        """Connects what must hear of a course's copy."""
        from course.gradebook.copying import listen  # noqa: PLC0415 - it needs the models

        listen()
