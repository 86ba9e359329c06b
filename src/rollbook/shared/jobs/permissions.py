"""Who may look at background work, and who may decide about dead letters."""

from rollbook.core.permissions.register import register
from rollbook.core.permissions.roles import ADMINISTRATOR, AUDITOR

VIEW_JOBS = register("jobs.view", "See background work and its log", roles=[ADMINISTRATOR, AUDITOR])
MANAGE_JOBS = register("jobs.manage", "Retry or discard failed background work", roles=[ADMINISTRATOR])
