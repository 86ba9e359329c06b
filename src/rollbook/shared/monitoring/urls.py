"""Addresses for load balancers and collectors of metrics."""

from django.urls import path

from rollbook.shared.monitoring import views

urlpatterns = [
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
    path("metrics", views.show_metrics, name="metrics"),
]
