"""Recordings examined by workers on other machines."""
