"""Pictures of whole pages for the documentation, by the name that the college's journeys use."""

from tests.journeys.support import photograph as take

__all__ = ["take"]
