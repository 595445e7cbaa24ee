"""Names that come and go beside the files somebody works on: of editors, of version control, of systems."""

from __future__ import annotations

import re
from typing import Final

_NOISE: Final = re.compile(
    r"\.git|\.hg|\.svn|\.castsite|__pycache__|node_modules"  # folders of tools
    r"|4913|.*\.sw[a-px]x?|.*~"  # vim, and backups
    r"|\.#.*|#.*#"  # Emacs: locks, saves of its own
    r"|sed\w{6}|.*\.(?:tmp|part)|\.goutputstream-\w+|.*___jb_\w+___"  # files before they get their name
    r"|\.DS_Store"
)


def is_noise(name: str) -> bool:
    """Whether a file or folder of that name is never part of a site."""
    return _NOISE.fullmatch(name) is not None
