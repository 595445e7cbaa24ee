"""Recordings as files that other programs show: pictures, films, texts, one page that needs nothing else."""
