"""Stand-ins of payment providers: real HTTP servers on loopback that speak the providers' published contracts.

Written from PayMongo's and Stripe's public references, for tests and the demonstration; never for real money. What
goes wrong there is decided by whoever runs it: errors, silence, answers that are lost, events that come several
times and in disorder.
"""
