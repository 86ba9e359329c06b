"""Payment providers behind one port: create a checkout, ask how it stands, give money back, read events.

A provider is one module that speaks its published contract over HTTP (`paymongo`, `stripe`), and nothing else of
Rollbook knows its words. Calls leave between transactions, never inside one (`http.py` refuses otherwise). What a
provider answered without doubt is recorded; what may or may not have happened is UNKNOWN and is asked about.
"""
