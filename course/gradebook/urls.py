"""Addresses of the gradebook: scores, weights, files, and exercises to take along."""

from django.urls import path

from course.gradebook import views, views_of_files, views_of_students, views_of_takeaway, views_of_weights

HERE, ONE = "c/<slug:slug>/grades/", "s/<row:student>/"
urlpatterns = [
    path(HERE, views.grades, name="grades"),
    path(f"{HERE}{ONE}", views.student, name="grades-student"),
    path(f"{HERE}{ONE}<row:assignment>/", views.cell, name="grades-cell"),
    path(f"{HERE}{ONE}<row:assignment>/excuse", views.excuse, name="grades-excuse"),
    path(f"{HERE}release/<row:assignment>/", views.release, name="grades-release"),
    path(f"{HERE}weights/", views_of_weights.weights, name="grades-weights"),
    path(f"{HERE}undo", views_of_weights.undo, name="grades-undo"),
    path(f"{HERE}export/", views_of_files.export, name="grades-export"),
    path(f"{HERE}file", views_of_files.file, name="grades-file"),
    path(f"{HERE}journal/", views.journal, name="grades-journal"),
    path("c/<slug:slug>/takeaway/", views_of_takeaway.takeaway, name="takeaway"),
    path("c/<slug:slug>/takeaway/file", views_of_takeaway.takeaway_file, name="takeaway-file"),
    path("c/<slug:slug>/scores/", views_of_students.scores, name="scores"),
    path("c/<slug:slug>/scores/<row:assignment>/", views_of_students.score, name="score"),
]
