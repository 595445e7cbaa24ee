"""Themes: templates, static files and options, found in layers."""

from castsite.theme.chain import shipped_themes
from castsite.theme.manifest import Option, Options, OptionValue
from castsite.theme.theme import Layer, Theme, load_theme

__all__ = ["Layer", "Option", "OptionValue", "Options", "Theme", "load_theme", "shipped_themes"]
