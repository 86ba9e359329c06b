"""The records on the screen: students, what holds them, and student files."""
