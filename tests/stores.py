"""An object store that really speaks HTTP, on this machine alone, and a gate before it that may close."""

from __future__ import annotations

import hashlib
import os
import signal
import threading
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMIexamplekey"}
ENVIRON = KEYS | {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_MAX_ATTEMPTS": "1",
    "NO_PROXY": "127.0.0.1",
}

REFUSAL = b'<?xml version="1.0"?><Error><Code>%s</Code><Message>%s</Message></Error>'


@dataclass
class Gate:
    """Lets requests pass until so many objects were written or removed; notes in what order they came."""

    app: Callable[..., Iterable[bytes]]
    open_for: int | None = None
    code: str = "AccessDenied"
    kill: Callable[[], int] | None = None
    """gives the process that is killed instead of being refused"""
    opaque: bool = False
    """what the store calls the content of objects is not their MD5, as where it encrypts them"""
    seen: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        with self.lock:
            writes = method in {"PUT", "DELETE", "POST"}
            if writes and self.open_for is not None and self._writes() >= self.open_for:
                return self._refused(start_response)
            self.seen.append((method, path))
        if "HTTP_CONTENT_MD5" in environ and not _is_whole(environ):
            return self._refused(start_response, b"BadDigest")
        if not self.opaque:
            return self.app(environ, start_response)
        return self._renamed(environ, start_response)

    def _writes(self) -> int:
        return sum(method != "GET" for method, _ in self.seen)

    def _refused(self, start_response: Callable[..., Any], code: bytes = b"") -> Iterable[bytes]:
        if self.kill:
            os.kill(self.kill(), signal.SIGKILL)
        start_response("403 Forbidden", [("Content-Type", "application/xml")])
        return [REFUSAL % (code or self.code.encode(), " ".join(KEYS.values()).encode())]

    def _renamed(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(
                status, [(k, f'"{"0" * 32}"' if k.lower() == "etag" else v) for k, v in headers], *rest
            )

        body = b"".join(self.app(environ, start))
        if b"<ETag>" in body:
            parts = body.split(b"<ETag>")
            body = b"<ETag>".join([parts[0], *(b"0" * 32 + part[part.index(b"</ETag>") :] for part in parts[1:])])
        return [body]


def _is_whole(environ: dict[str, Any]) -> bool:
    """Compare a body with its checksum, as every real store does."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    environ["wsgi.input"] = BytesIO(body)
    return b64encode(hashlib.md5(body).digest()).decode() == environ["HTTP_CONTENT_MD5"]  # noqa: S324 - S3's own


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: Any) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Store:
    """A running store."""

    endpoint: str
    gate: Gate
    client: Any

    def make(self, bucket: str) -> str:
        self.client.create_bucket(Bucket=bucket)
        return bucket

    def put(self, bucket: str, key: str, body: bytes) -> None:
        self.client.put_object(Bucket=bucket, Key=key, Body=body)

    def head(self, bucket: str, key: str) -> dict[str, Any]:
        found: dict[str, Any] = self.client.head_object(Bucket=bucket, Key=key)
        return found

    def objects(self, bucket: str) -> dict[str, bytes]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        keys = [each["Key"] for page in pages for each in page.get("Contents", ())]
        return {key: self.client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}

    @contextmanager
    def gated(self, **how: Any) -> Iterator[Gate]:
        """Note, and refuse, what comes meanwhile."""
        self.gate.seen.clear()
        for name, value in how.items():
            setattr(self.gate, name, value)
        try:
            yield self.gate
        finally:
            self.gate.open_for, self.gate.code, self.gate.kill, self.gate.opaque = None, "AccessDenied", None, False


@contextmanager
def running_store() -> Iterator[Store]:
    """Run a store at a free port."""
    gate = Gate(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, gate, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    client = boto3.session.Session(
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"], aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"]
    ).client("s3", endpoint_url=endpoint, region_name="us-east-1")
    try:
        yield Store(endpoint, gate, client)
    finally:
        client.close()
        server.shutdown()
        thread.join()
        server.server_close()
