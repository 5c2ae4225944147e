"""Trains and evaluates models that rank products for a customer and that predict ratings."""
