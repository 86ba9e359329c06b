"""Whether this process was asked to stop: long work looks here between two units."""

from threading import Event

_asked = Event()


def ask() -> None:
    """Ask long work to come to an end after its present unit."""
    _asked.set()


def is_asked() -> bool:
    """Tell whether this process was asked to stop."""
    return _asked.is_set()


def withdraw() -> None:
    """Take the request back; a worker does so when it starts."""
    _asked.clear()
