from django.apps import AppConfig


class PermissionsConfig(AppConfig):
    name = "rollbook.core.permissions"
    label = "permissions"
    default_auto_field = "django.db.models.BigAutoField"
