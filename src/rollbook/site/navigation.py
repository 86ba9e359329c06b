"""The navigation of the house: its groups in order, and the places, searches and homes that the rooms declare.

A room declares them in its `navigation.py` and `home.py`, which are found here by themselves.
"""

from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _

from rollbook.core.web.home import has_home
from rollbook.core.web.navigation import NavigationItem, register_group, register_navigation
from rollbook.core.web.permissions import VIEW_GALLERY

register_group("work", _("Work"))
register_group("records", _("Records"))
register_group("house", _("The house"))
register_group("staff", _("Staff"))

register_navigation(
    NavigationItem(_("Home"), "home", "house", group="work", order=0, in_rail_for=has_home),
    NavigationItem(_("Components"), "web:gallery", "layout-grid", VIEW_GALLERY, group="staff", order=90, in_rail=False),
)

for config in apps.get_app_configs():
    if not config.name.startswith("rollbook.") or config.name == "rollbook.site":
        continue
    for declared in ("navigation", "home"):
        if module_has_submodule(config.module, declared):
            import_module(f"{config.name}.{declared}")
