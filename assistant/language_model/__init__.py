"""The protocol of language models and the three engines behind it."""
