"""People who sign in: users, memberships in organisations, tokens, factors and what they did at the door."""
