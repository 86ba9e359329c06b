"""Acts between us and the payment providers, by what they are about."""
