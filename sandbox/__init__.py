"""A pretend Telegram on one's own machine: strict towards bots, alive for people, faulty on demand.

It stands alone: it imports nothing of the rest and neither Telegram library. `python -m sandbox` runs it; tests and other
commands use `sandbox.server.start`.
"""
