"""Search over everything that was ever on a screen: what terms a text has, the index of them, and its reader.

The rules and the files are described in `docs/search.md`; the theme's scripts read the same index by the same rules.
"""
