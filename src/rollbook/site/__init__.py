"""Where the house is put together: settings, addresses, wiring and the command line."""
