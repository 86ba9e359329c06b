from django.apps import AppConfig


class LaunchConfig(AppConfig):
    name = "rollbook.shared.launch"
    label = "launch"
    default_auto_field = "django.db.models.BigAutoField"
