"""Training and evaluation: corpus, transcripts, simulated dialogues, conversation adapter, finder, recommender.

Nothing in here is imported to serve a customer.
"""
