"""Addresses of the students' work: the course, its exercises, and the way of an answer."""

from django.urls import path

from course.work import views

urlpatterns = [
    path("c/<slug:slug>/", views.course, name="course"),
    path("c/<slug:slug>/i/<row:item>/", views.exercise, name="exercise"),
    path("c/<slug:slug>/i/<row:item>/submit", views.submit, name="submit"),
    path("c/<slug:slug>/i/<row:item>/draft", views.draft, name="draft"),
    path("c/<slug:slug>/i/<row:item>/variant", views.renew, name="variant"),
    path("s/<uuid:submission>/", views.verdict, name="verdict"),
]
