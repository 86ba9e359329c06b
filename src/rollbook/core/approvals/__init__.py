"""Decisions that take two people: one proposes with a reason, another approves or returns it."""

from rollbook.core.approvals.register import Change, Description, register_kind

__all__ = ["Change", "Description", "register_kind"]
