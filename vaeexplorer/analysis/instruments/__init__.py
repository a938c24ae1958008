"""Instruments that answer one question each about a latent space, beside a null or a reference where they need one.

In come codes, decoders as functions, images; out come arrays. `docs/instruments.md` has formulas, sources and power.
"""
