"""The sample shop, training text and trained models; `data.generate` holds the scripts that make them."""
