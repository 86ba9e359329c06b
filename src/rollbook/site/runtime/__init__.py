"""What keeps an installation running: its keys, its database server, its processes."""
