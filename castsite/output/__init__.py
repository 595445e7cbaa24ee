"""The output folder: which files are ours, what changed, and how a site is replaced without a torn moment."""
