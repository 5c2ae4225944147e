"""Makes the sample shop Fern & Fell from its hand-written sources, the same byte for byte on every run.

Run as `python -m data.generate`; see data/README.md for what comes from where.
"""
