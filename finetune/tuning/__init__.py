"""Tuning: trains an adapter on replayed transcripts, for the embedded model and for any causal model of Hugging Face form."""
