"""Tracing: finds the shop's facts in what a person wrote, and puts references in their place."""
