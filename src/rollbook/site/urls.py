"""Every address of the installation; each room brings its own list."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("rollbook.shared.monitoring.urls")),
]
