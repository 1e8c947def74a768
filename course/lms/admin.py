"""Platforms in Django's admin: this is where one is registered by hand."""

from django.contrib import admin

from course.lms.models import Context, Deployment, Refusal, Registration


class DeploymentInline(admin.TabularInline):  # type: ignore[type-arg]  # not subscriptable at run time
    """The places in a platform."""

    model = Deployment
    extra = 1


@admin.register(Registration)
class RegistrationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A platform with its places."""

    list_display = ("name", "issuer", "client_id", "active", "keys_at")
    search_fields = ("name", "issuer", "client_id")
    readonly_fields = ("keys_at",)
    inlines = (DeploymentInline,)


admin.site.register(
    Context,
    list_display=("title", "deployment", "course", "seen_at"),
    list_select_related=("deployment__registration", "course"),
    search_fields=("title", "context_id"),
    autocomplete_fields=("course",),
)
admin.site.register(
    Refusal,
    list_display=("at", "reason", "issuer", "detail"),
    list_filter=("reason",),
    readonly_fields=("reason", "issuer", "detail", "at"),
)
