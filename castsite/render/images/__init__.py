"""Pictures drawn from what is known about a recording."""
