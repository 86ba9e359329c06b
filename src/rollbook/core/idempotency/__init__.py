"""Acts that may arrive twice: the key, the body's fingerprint and the first answer, written with the act."""
