"""Pages of identity: signing in, one's own account, members, standing in for somebody."""
