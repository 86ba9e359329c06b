"""Everything that changes who may come in, and as whom. One module per kind of act."""
