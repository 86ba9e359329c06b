"""Tells whether this installation is alive, ready and well: logs, metrics, health and the doctor's probes."""
