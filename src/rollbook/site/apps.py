from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "rollbook.site"
    label = "rollbook_site"
    verbose_name = "Rollbook"
