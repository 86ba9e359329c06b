"""Refusals of the notices."""

from rollbook.core.errors import Invalid, NotFound, Refusal


class NoticeNotFound(NotFound):
    """We could not find that notice. It may belong to somebody else."""

    code = "NOTICE_NOT_FOUND"


class NobodyHere(Refusal):
    """You are no member here, so nothing is addressed to you."""

    code = "NOBODY_HERE"
    status = 409


class UnknownKind(Invalid):
    """There is no such kind of notice."""

    code = "UNKNOWN_KIND"
