"""The site while it is written: watched, built again, served, shown anew."""
