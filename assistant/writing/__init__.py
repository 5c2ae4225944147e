"""From evidence to sentences: prompt, draft, check, and the text that the customer reads."""
