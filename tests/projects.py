"""Small whole sites for tests: a folder that is written, built and looked at."""

from __future__ import annotations

import hashlib
import json
import os
import struct
import subprocess
import zlib
from dataclasses import dataclass
from pathlib import Path

import zygote

NOW = "1780000000"
"""SOURCE_DATE_EPOCH of every test's builds"""


def cast(*texts: str, title: str = "", width: int = 40, height: int = 10, step: float = 0.5) -> bytes:
    """Make a v2 recording that prints one line after the other."""
    header = {"version": 2, "width": width, "height": height} | ({"title": title} if title else {})
    events = [[(i + 1) * step, "o", f"{text}\r\n"] for i, text in enumerate(texts or ("hello",))]
    return "".join(json.dumps(line) + "\n" for line in (header, *events)).encode()


CANARY = b"canary of the camera"
"""what is told about each picture"""


def png(width: int = 3, height: int = 2, colour: bytes = b"\xff\0\0") -> bytes:
    """Make a picture of one colour, with metadata."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + colour * width for _ in range(height)))
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"tEXt", CANARY) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@dataclass(frozen=True)
class Project:
    """A site in a folder of its own."""

    root: Path

    def write(self, files: dict[str, bytes | str]) -> Project:
        for name, body in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body.encode() if isinstance(body, str) else body)
        return self

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "SOURCE_DATE_EPOCH": NOW, "PYTHONUTF8": "1", "CASTSITE_DEBUG": "1"} | environ
        for name in ("CASTSITE_BASE_URL", "CASTSITE_KEY", "NO_COLOR"):
            if name not in environ:
                env.pop(name, None)
        command = zygote.run(*arguments, folder=self.root, env=env)
        out, err = (text.decode().replace("\r\n", "\n") for text in (command.stdout, command.stderr))
        done = subprocess.CompletedProcess(command.args, command.returncode, out, err)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def build(self, *arguments: str, code: int = 0, **environ: str) -> subprocess.CompletedProcess[str]:
        done = self.run("build", *arguments, **environ)
        assert done.returncode == code, done.stderr
        return done

    def published(self, folder: str = "public") -> dict[str, bytes]:
        root = self.root / folder
        return {
            path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()
        }

    def digest(self, folder: str = "public") -> str:
        total = hashlib.sha256()
        for name, body in self.published(folder).items():
            total.update(f"{name}\0{len(body)}\0".encode() + body)
        return total.hexdigest()

    def page(self, name: str) -> str:
        return (self.root / "public" / name).read_text("utf-8")
