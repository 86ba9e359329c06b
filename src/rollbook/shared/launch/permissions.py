"""Who may see the launch checklist, and who may run it."""

from rollbook.core.permissions.register import register
from rollbook.core.permissions.roles import ADMINISTRATOR, AUDITOR

READ_LAUNCH = register("launch.read", "See the launch checklist", roles=[ADMINISTRATOR, AUDITOR])
RUN_LAUNCH = register("launch.run", "Run the launch checklist", roles=[ADMINISTRATOR])
