"""The real asciinema, given the address of a page, finds the recording in it."""

from __future__ import annotations

import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from projects import Project, cast

pytest.importorskip("asciinema", reason="asciinema's own program is not installed")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize("path", ["git/rebase/", "git/rebase.cast"])
def test_asciinema_plays_the_address_of_a_page(tmp_path: Path, path: str) -> None:
    site = Project(tmp_path).write({"content/git/rebase.cast": cast("first words", "last words", step=0.01)})
    public = tmp_path / "served"
    handler = partial(_Quiet, directory=str(public))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        root = f"http://127.0.0.1:{http.server_port}/casts/"
        site.build("--base-url", root, "--output", "served/casts")
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        command = [sys.executable, "-m", "asciinema", "cat", root + path]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        http.shutdown()
        thread.join()
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["first", "words", "last", "words"]
