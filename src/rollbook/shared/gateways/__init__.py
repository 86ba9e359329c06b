"""Payment providers. Each adapter checks its provider's signatures and reads its events."""
