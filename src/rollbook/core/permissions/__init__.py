"""Who may do what: the actor of an act, the register of named permissions, role bundles and grants."""
