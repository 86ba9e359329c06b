"""Running reports: asking for one, writing a long one, taking its file away."""
