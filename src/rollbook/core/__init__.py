"""What every part of Rollbook stands on. No business words live here."""
