"""Addresses for learning management systems."""

from django.urls import path

from course.lms import grade_views, views

urlpatterns = [
    path("lti/login", views.login, name="lms-login"),
    path("lti/launch", views.launch, name="lms-launch"),
    path("lti/keys.json", views.jwks, name="lms-keys"),
    path("lti/connect/<row:context>/", views.connect, name="lms-connect"),
    path("c/<slug:slug>/lms/", grade_views.grades, name="lms-grades"),
    path("lti/", views.setup, name="lms-setup"),
]
