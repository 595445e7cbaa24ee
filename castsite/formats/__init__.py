"""Recordings of other formats than asciicast: each is known by its bytes, and comes out as the same model."""
