"""Addresses of the students' work: the course, its exercises, and the way of an answer."""

from django.urls import path

from course.work import assignment_views, planning_dates, planning_items, planning_views, views

PLAN = "c/<slug:slug>/assignments/"
urlpatterns = [
    path("c/<slug:slug>/", assignment_views.course, name="course"),
    path("c/<slug:slug>/i/<row:item>/", views.exercise, name="exercise"),
    path("c/<slug:slug>/i/<row:item>/submit", views.submit, name="submit"),
    path("c/<slug:slug>/i/<row:item>/draft", views.draft, name="draft"),
    path("c/<slug:slug>/i/<row:item>/variant", views.renew, name="variant"),
    path("c/<slug:slug>/i/<row:item>/hint", views.hint, name="hint"),
    path("c/<slug:slug>/i/<row:item>/reading", views.reading, name="reading"),
    path("c/<slug:slug>/a/<row:assignment>/", assignment_views.assignment, name="assignment"),
    path("c/<slug:slug>/a/<row:assignment>/begin", assignment_views.begin_sitting, name="begin"),
    path("c/<slug:slug>/a/<row:assignment>/hand-in", assignment_views.hand_in_sitting, name="hand-in"),
    path("c/<slug:slug>/a/<row:assignment>/clock", assignment_views.clock, name="clock"),
    path(PLAN, planning_views.assignments, name="plan"),
    path(f"{PLAN}new/", planning_views.new, name="plan-new"),
    path(f"{PLAN}move", planning_views.move, name="plan-move"),
    path(f"{PLAN}<row:assignment>/", planning_views.settings, name="plan-settings"),
    path(f"{PLAN}<row:assignment>/items/", planning_items.items, name="plan-items"),
    path(f"{PLAN}<row:assignment>/dates/", planning_dates.dates, name="plan-dates"),
    path(f"{PLAN}<row:assignment>/delete/", planning_views.delete, name="plan-delete"),
    path("s/<uuid:submission>/", views.verdict, name="verdict"),
]
