"""Assignments and what was handed in, in Django's admin. Verdicts are looked at there, never edited."""

from django.contrib import admin

from course.work.models import Assignment, Attempt, Item, PublishedExercise, Submission

admin.site.register(
    PublishedExercise,
    list_display=("slug", "version", "title", "step", "published_at"),
    list_filter=("step",),
    search_fields=("slug", "title"),
    readonly_fields=("slug", "version", "title", "step", "document", "published_at"),
)
admin.site.register(
    Assignment,
    list_display=("title", "course", "kind", "opens", "due", "closes", "position"),
    list_filter=("course", "kind"),
    list_select_related=("course",),
    search_fields=("title",),
)
admin.site.register(
    Item,
    list_display=("exercise", "assignment", "position", "points", "tries"),
    list_filter=("assignment",),
    list_select_related=("exercise", "assignment"),
    search_fields=("exercise__title", "assignment__title"),
    autocomplete_fields=("exercise", "assignment"),
)
admin.site.register(
    Attempt,
    list_display=("user", "item", "number", "seed", "opened_at"),
    list_select_related=("user", "item__exercise", "item__assignment"),
    search_fields=("user__username",),
    readonly_fields=("user", "item", "exercise", "number", "seed", "generator", "values", "opened_at"),
)
admin.site.register(
    Submission,
    list_display=(
        "id",
        "attempt",
        "number",
        "state",
        "points",
        "possible",
        "queued_at",
        "marked_at",
        "sends",
    ),
    list_filter=("state",),
    list_select_related=("attempt__user", "attempt__item__exercise", "attempt__item__assignment"),
    show_full_result_count=False,
    readonly_fields=tuple(field.name for field in Submission._meta.fields),
)
