"""People of a college on their way through its pages."""
