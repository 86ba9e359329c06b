from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "rollbook.core.api"
    label = "rollbook_api"
    default_auto_field = "django.db.models.BigAutoField"
