"""Why a setting is not changed."""

from rollbook.core.errors import Invalid, Refusal


class UnknownPolicy(Refusal):
    """There is no setting named {key}."""

    code = "NOT_FOUND"
    status = 404


class NotAPolicyValue(Invalid):
    """This value does not fit the setting."""

    code = "INVALID"
    status = 422


class PolicyChangedMeanwhile(Refusal):
    """Somebody changed this setting while you were looking at it. Reload, then make your change again."""

    code = "VERSION_CONFLICT"
    status = 412


class RetroactiveNotConfirmed(Refusal):
    """This changes {affected} records that stand already. Type {affected} to confirm that this is meant."""

    code = "RETROACTIVE_NOT_CONFIRMED"
    status = 409


class NothingChanged(Refusal):
    """The setting has this value already from that moment on. Nothing was changed."""

    code = "NOTHING_CHANGED"
    status = 409
