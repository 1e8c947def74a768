"""People and courses in Django's admin."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from course.people.models import Course, Enrolment, User

admin.site.register(User, UserAdmin)
admin.site.register(
    Course,
    list_display=("title", "slug", "join_code", "archived"),
    list_filter=("archived",),
    search_fields=("title", "slug"),
)
admin.site.register(
    Enrolment,
    list_display=("user", "course", "role", "joined_at"),
    list_filter=("role", "course"),
    search_fields=("user__username", "user__last_name", "course__title"),
    autocomplete_fields=("user", "course"),
    list_select_related=("user", "course"),
)
