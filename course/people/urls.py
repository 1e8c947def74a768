"""Addresses of people: signing in and up, passwords."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from course.people import (
    as_student,
    changes,
    courses,
    importing,
    invitations,
    people,
    person,
    sections,
    views,
)

urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("sign-up/", views.sign_up, name="sign-up"),
    path("password/", views.ChangePassword.as_view(), name="password"),
    path("password/done/", views.password_done, name="password-done"),
    path("courses/new/", courses.create, name="new-course"),
    path("c/<slug:slug>/settings/", courses.settings, name="course-settings"),
    path("c/<slug:slug>/copy/", courses.copy, name="copy-course"),
    path("c/<slug:slug>/people/", people.roster, name="roster"),
    path("c/<slug:slug>/people/roster.csv", people.roster_csv, name="roster-csv"),
    path("c/<slug:slug>/people/add/", person.add, name="add-person"),
    path("c/<slug:slug>/people/<row:place>/", person.person, name="person"),
    path("c/<slug:slug>/people/sections/", sections.sections, name="sections"),
    path("c/<slug:slug>/people/import/", importing.new_import, name="new-import"),
    path("c/<slug:slug>/people/import/<row:number>/", importing.one_import, name="roster-import"),
    path("c/<slug:slug>/people/invitations/", invitations.invitations, name="invitations"),
    path("c/<slug:slug>/people/invitations.csv", invitations.invitations_csv, name="invitations-csv"),
    path("invitation/<str:token>/", invitations.accept, name="invitation"),
    path("c/<slug:slug>/as-student/", as_student.begin, name="as-student"),
    path("c/<slug:slug>/as-student/end", as_student.end, name="as-student-end"),
    path("c/<slug:slug>/as-student/forget", as_student.forget, name="as-student-forget"),
    path("c/<slug:slug>/changes/", changes.changes, name="changes"),
]
