"""Addresses of the gradebook: scores, weights, files, and exercises to take along."""

from django.urls import path

from course.gradebook import (
    views,
    views_of_students,
)

HERE, ONE = "c/<slug:slug>/grades/", "s/<row:student>/"
urlpatterns = [
    path(HERE, views.grades, name="grades"),
    path(f"{HERE}{ONE}", views.student, name="grades-student"),
    path(f"{HERE}{ONE}<row:assignment>/", views.cell, name="grades-cell"),
    path(f"{HERE}{ONE}<row:assignment>/excuse", views.excuse, name="grades-excuse"),
    path(f"{HERE}release/<row:assignment>/", views.release, name="grades-release"),
    path(f"{HERE}journal/", views.journal, name="grades-journal"),
    path("c/<slug:slug>/scores/", views_of_students.scores, name="scores"),
    path("c/<slug:slug>/scores/<row:assignment>/", views_of_students.score, name="score"),
]
