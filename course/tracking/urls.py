"""Addresses of tracking: what was handed in, as the staff see it."""

from django.urls import path

from course.tracking import views

urlpatterns = [
    path("c/<slug:slug>/submissions/", views.submissions, name="submissions"),
    path("c/<slug:slug>/submissions/<uuid:submission>/", views.submission, name="submission"),
]
