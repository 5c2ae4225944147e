"""Tunes the encoder of a shop's search index on what the shop's own customers look for."""
