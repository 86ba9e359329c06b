"""The five systems. They never import each other."""
