"""One inbox for what providers send: raw bytes, signature, deduplication, parking and replay.

An event is stored before anything is done with it, even when its signature is wrong. It is handled once,
however often it is delivered; one that comes too early is parked and handled after what it waits for.
"""
