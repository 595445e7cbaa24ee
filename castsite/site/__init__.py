"""The content folder as a site: what is in it, what was written about it, at which address it stands."""
