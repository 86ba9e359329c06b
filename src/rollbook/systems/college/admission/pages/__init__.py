"""Pages of the college's admission: programmes for everybody, admitting, the funnel."""
