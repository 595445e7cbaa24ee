"""Recordings as data: reading every tolerated form of asciicast, and writing the one form that is published."""
