"""Site values become files: pages, posters, transcripts, side files, assets."""
