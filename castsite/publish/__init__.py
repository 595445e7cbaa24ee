"""Taking a finished site to where people see it."""
