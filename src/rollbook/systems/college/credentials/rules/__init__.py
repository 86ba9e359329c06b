"""Rules of this room: no database, no clock."""
