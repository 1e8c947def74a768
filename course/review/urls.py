"""Addresses of marking by people, and of marking again."""

from django.urls import path

from course.review import regrade_views, views

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
    path(f"{HERE}/regrades/", regrade_views.regrades, name="regrades"),
    path(f"{HERE}/regrades/<row:pk>/", regrade_views.regrade, name="regrade"),
    path(f"{HERE}/regrades/<row:pk>/apply", regrade_views.apply, name="regrade-apply"),
    path(f"{HERE}/regrades/<row:pk>/undo", regrade_views.undo, name="regrade-undo"),
    path(f"{HERE}/regrades/<row:pk>/drop", regrade_views.drop, name="regrade-drop"),
    path(f"{HERE}/i/<row:item>/counting", regrade_views.counting, name="counting"),
    path("s/<uuid:submission>/ask", views.ask, name="ask"),
]
