"""People on the screen: the list, the record, changing it, merging doubles."""
