"""Where the lesson's pages are."""

from __future__ import annotations

from django.urls import path

from course.lesson.views import page

urlpatterns = [path("lesson/<int:number>/", page, name="lesson")]
