"""Who has the page of reports. What stands on it, each report's own permission says."""

from rollbook.core.permissions.register import register
from rollbook.core.permissions.roles import ADMINISTRATOR, AUDITOR

SEE_REPORTS = register("analytics.see_reports", "Open the page of reports", roles=[ADMINISTRATOR, AUDITOR])
