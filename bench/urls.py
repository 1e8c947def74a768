"""The site's addresses and the two floors."""

from django.urls import path

from bench import floors
from course.urls import handler400, handler403, handler404, handler500
from course.urls import urlpatterns as site

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
urlpatterns = [path("bench/null", floors.null), path("bench/insert", floors.insert), *site]
