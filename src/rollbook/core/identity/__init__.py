"""People who sign in: users, their memberships in organisations, tokens, factors and what they did at the door."""
