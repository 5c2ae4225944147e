"""Privacy: what tells of a person becomes a reference or a mask, in transcripts, logs and exports alike."""
