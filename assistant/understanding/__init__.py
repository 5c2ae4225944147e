"""What a message asks for: intents, filters and references, read in the light of the conversation."""
