"""What `manage.py bench` is made of; the application imports none of it.

Machines differ and are shared, so figures are ratios of things measured side by side, in interleaved rounds.
"""
