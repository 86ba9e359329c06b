"""Pages of the college's money. Each translates a click into a service or a selector, and its answer into words."""
