"""Acts of billing, one file per family."""
