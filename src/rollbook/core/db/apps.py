from django.apps import AppConfig


class DbConfig(AppConfig):
    name = "rollbook.core.db"
    label = "rollbook_db"
    default_auto_field = "django.db.models.BigAutoField"
