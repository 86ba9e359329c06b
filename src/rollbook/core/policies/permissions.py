"""Who may see and change the settings of an organisation."""

from rollbook.core.permissions.register import register

VIEW_SETTINGS = register("core.policies.view", "See the settings and their history", roles=["administrator", "auditor"])
CHANGE_SETTINGS = register("core.policies.change", "Change the settings", roles=["administrator"])
