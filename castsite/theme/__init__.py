"""Themes: templates, static files and options, found in layers."""

from castsite.theme.chain import shipped_themes
from castsite.theme.font import Font
from castsite.theme.layer import Layer, is_no_part
from castsite.theme.logo import Logo, named_pictures
from castsite.theme.manifest import Option, Options, OptionValue
from castsite.theme.theme import Theme, load_theme

__all__ = [
    "Font",
    "Layer",
    "Logo",
    "Option",
    "OptionValue",
    "Options",
    "Theme",
    "is_no_part",
    "load_theme",
    "named_pictures",
    "shipped_themes",
]
