from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "rollbook.shared.monitoring"
    label = "monitoring"
