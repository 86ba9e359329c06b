"""The schedule on the screen."""
