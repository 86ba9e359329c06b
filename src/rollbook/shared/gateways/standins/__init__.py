"""Stand-ins of payment providers: real HTTP servers on loopback that speak the providers' published contracts.

Written from PayMongo's and Stripe's public references, for tests and the demonstration; never for real money. What
happens there is decided by whoever runs it: `POST /_standin/…` pays, refuses, delays, repeats and shuffles.
"""
