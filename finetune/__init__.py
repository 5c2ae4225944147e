"""Training: corpora, simulated dialogues, base model, LoRA adapter, intent head, recommender.

Nothing in here is imported to serve a customer.
"""
