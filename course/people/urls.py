"""Addresses of people: signing in and up, passwords."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from course.people import changes, views

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("sign-up/", views.sign_up, name="sign-up"),
    path("password/", views.ChangePassword.as_view(), name="password"),
    path("password/done/", views.password_done, name="password-done"),
    path("c/<slug:slug>/changes/", changes.changes, name="changes"),
]
