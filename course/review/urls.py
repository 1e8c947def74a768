"""Addresses of marking by people, and of marking again."""

from django.urls import path

from course.review import views

STAFF, HERE = "c/<slug:slug>/review/<uuid:submission>", "c/<slug:slug>"

urlpatterns = [
    path(f"{STAFF}/", views.review, name="review"),
    path(f"{STAFF}/override", views.override, name="override"),
    path(f"{STAFF}/withdraw", views.withdraw, name="withdraw"),
    path(f"{STAFF}/comment", views.comment, name="comment"),
    path(f"{HERE}/requests/", views.inbox, name="requests"),
    path(f"{HERE}/requests/<row:pk>/", views.thread, name="request"),
    path(f"{HERE}/i/<row:item>/problem", views.problem, name="problem"),
    path(f"{HERE}/changed/", views.changed, name="changed"),
    path("s/<uuid:submission>/ask", views.ask, name="ask"),
]
