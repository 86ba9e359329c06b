"""Every act of this room."""
