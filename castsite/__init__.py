"""castsite: a static-site generator and self-hosted gallery for terminal recordings."""

__version__ = "0.1.0"
