"""A shop's records in memory: products, FAQs, customers, and the exact filters over them."""
