"""Refusals of the launch checklist."""

from rollbook.core.errors import Refusal


class NotSafeHere(Refusal):
    """{item} is not safe on a production installation. Run it on staging: nothing was started here."""

    code = "NOT_SAFE_HERE"
    status = 403


class UnknownItem(Refusal):
    """There is no checklist item {item} here. `rollbook launch check --list` shows every one."""

    code = "UNKNOWN_ITEM"
    status = 404


class UnknownStage(Refusal):
    """There is no stage {stage}. The stages are PRE, DAY, H, D1, W1, M1, Q and ON."""

    code = "UNKNOWN_STAGE"
    status = 422


class RunInProgress(Refusal):
    """The checklist is being run at this moment, since {since}. Its results will show on the board."""

    code = "RUN_IN_PROGRESS"
