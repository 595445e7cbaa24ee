"""The studio: drives real programs through a pseudo-terminal and writes down what they show.

Names that begin with an underscore are no content, so nothing in this folder is published.
"""
