"""Addresses for load balancers and collectors of metrics."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
