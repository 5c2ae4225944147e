"""What is searched: texts, vectors and words, in Chroma and beside it."""
