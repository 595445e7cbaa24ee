"""One bucket of a store that speaks S3, as far as publishing needs it; its errors in plain words.

Only what all such stores understand: no conditions, no access lists, one removal at a time, checksums by MD5. Who asks
is found where Amazon's own tools look; nothing of it is kept or told.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, Final, NamedTuple
from urllib.parse import urlsplit

from msgspec import Struct

from castsite.errors import CastsiteError, ConfigError, Place, Problem, Severity, printable, quote
from castsite.limits import MIB
from castsite.publish.objects import Said
from castsite.regex import regex
from castsite.schema.addresses import base_url

IN_PARTS: Final = 1024 * MIB
"""bytes from which a file is sent in parts; stores take 5 GiB at once, but a request that fails begins anew"""
_PART: Final = 64 * MIB
_CONNECT, _READ = 10, 60  # seconds

_CURES: Final = {
    "AccessDenied": "these credentials may not do that; publishing lists, reads, writes and removes objects",
    "AllAccessDisabled": "the bucket is closed",
    "AuthorizationHeaderMalformed": "the region is another one; set AWS_DEFAULT_REGION",
    "ExpiredToken": "the credentials have expired; sign in again",
    "InvalidAccessKeyId": "the store does not know these credentials",
    "PermanentRedirect": "the bucket is in another region; set AWS_DEFAULT_REGION",
    "QuotaExceeded": "the store is full",
    "RequestTimeTooSkewed": "the clock of this machine is wrong",
    "SignatureDoesNotMatch": "the store does not know these credentials",
    "403": "these credentials may not do that; publishing lists, reads, writes and removes objects",
}
_CODE: Final = regex(r"[A-Za-z0-9.]{1,60}")


class StoreError(CastsiteError):
    """The store refused, or cannot be reached (exit 5)."""

    exit_code = 5


class Location(Struct, frozen=True):
    """Where in which store. `prefix` is empty or ends in `/`; without an `endpoint` the store is Amazon's."""

    bucket: str
    prefix: str = ""
    endpoint: str | None = None

    def __str__(self) -> str:
        """Give it as people write it."""
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    @property
    def store(self) -> str:
        """Name the store: the host of its endpoint."""
        return urlsplit(self.endpoint or "").netloc or "Amazon S3"


class Listed(NamedTuple):
    """An object that is there: its path below the prefix, its bytes, what the store calls its content."""

    path: str
    size: int
    etag: str


def locate(text: str, endpoint: str | None) -> Location:
    """Read `s3://bucket/prefix`, which the schema knows to be one. Raises ConfigError for an endpoint that is none."""
    bucket, _, prefix = text.removeprefix("s3://").partition("/")
    place = Location(bucket, f"{prefix.strip('/')}/" if prefix.strip("/") else "")
    if not endpoint:
        return place
    address = base_url(endpoint)
    if address is None:
        text = "endpoint: expected an http(s) address without user, query and fragment"
        raise _refused("bad-endpoint", text)
    return Location(place.bucket, place.prefix, address.rstrip("/"))


class Bucket(Struct, frozen=True):
    """The objects below a location."""

    location: Location
    client: Any
    """boto3's, which threads may share"""
    in_parts: int = IN_PARTS

    def listed(self) -> Iterator[Listed]:
        """Go through all objects below the prefix, in the store's order."""
        with self._plainly("list"):
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.location.bucket, Prefix=self.location.prefix
            )
            for page in pages:
                for each in page.get("Contents", ()):
                    path = each["Key"].removeprefix(self.location.prefix)
                    yield Listed(path, int(each["Size"]), str(each.get("ETag", "")).strip('"'))

    def read(self, path: str, limit: int) -> tuple[bytes, str] | None:
        """Read an object of at most `limit` bytes, and what the store calls its content; None where there is none."""
        with self._plainly("read"):
            try:
                found = self.client.get_object(Bucket=self.location.bucket, Key=self._key(path))
            except self.client.exceptions.NoSuchKey:
                return None
            with found["Body"] as body:
                data: bytes = body.read(limit + 1)
        if len(data) > limit:
            text = f"{path} has more than {limit / MIB:.0f} MiB: it is none that castsite wrote; remove it"
            raise _refused("too-large", text)
        return data, str(found.get("ETag", "")).strip('"')

    def put(self, path: str, file: BinaryIO, size: int, digest: bytes, said: Said) -> None:
        """Send a file of `size` bytes with this MD5, which the store compares; whoever reads sees it whole or not."""
        headers = {"ContentType": said.content_type, "CacheControl": said.cache_control}
        where = {"Bucket": self.location.bucket, "Key": self._key(path)}
        with self._plainly("write"):
            if size < self.in_parts:
                checksum = b64encode(digest).decode()
                self.client.put_object(**where, **headers, Body=file, ContentLength=size, ContentMD5=checksum)
            else:
                self.client.upload_fileobj(file, **where, ExtraArgs=headers, Config=_in_parts(self.in_parts))

    def remove(self, path: str) -> None:
        """Remove an object, if it is there."""
        with self._plainly("remove"):
            self.client.delete_object(Bucket=self.location.bucket, Key=self._key(path))

    def _key(self, path: str) -> str:
        return self.location.prefix + path

    @contextmanager
    def _plainly(self, doing: str) -> Iterator[None]:
        with _plainly(self.location, doing):
            yield


def connect(location: Location) -> Bucket:
    """Prepare to talk to a store; nothing is sent yet.

    Raises ConfigError where the extra `castsite[s3]` is not installed, or where there are no credentials.
    """
    try:
        import boto3  # noqa: PLC0415 - an extra, and slow to import
        from botocore.config import Config  # noqa: PLC0415 - the same
    except ModuleNotFoundError as error:
        text = "publishing to an object store needs boto3; install it with pip install 'castsite[s3]'"
        raise _refused("no-boto3", text) from error
    endpoint, style = _addressed(location)
    config = Config(
        connect_timeout=_CONNECT,
        read_timeout=_READ,
        retries={"mode": "standard"},
        request_checksum_calculation="when_required",  # not every store knows the newer ones
        response_checksum_validation="when_required",
        s3={"addressing_style": style} if style else None,
    )
    with _plainly(location, "sign in"):
        session = boto3.session.Session()
        if session.get_credentials() is None:
            text = (
                f"no credentials for {location.store}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
            )
            raise _refused("no-credentials", text)
        return Bucket(location, session.client("s3", endpoint_url=endpoint, config=config))


def _addressed(location: Location) -> tuple[str | None, str | None]:
    """Give the endpoint and how buckets are named in requests: by path, unless the endpoint begins with the bucket."""
    if location.endpoint is None:
        return None, None
    before, _, host = location.endpoint.partition("://")
    own = f"{location.bucket}."
    if host.startswith(own):
        return f"{before}://{host.removeprefix(own)}", "virtual"
    return location.endpoint, "path"


def _in_parts(size: int) -> object:
    from boto3.s3.transfer import TransferConfig  # noqa: PLC0415 - slow to import, and rarely needed

    return TransferConfig(multipart_threshold=size, multipart_chunksize=min(size, _PART), use_threads=False)


@contextmanager
def _plainly(location: Location, doing: str) -> Iterator[None]:
    """Turn what the store, or the way to it, answers into a problem; credentials are never part of one."""
    from botocore import exceptions as known  # noqa: PLC0415 - an extra, and slow to import

    try:
        yield
    except known.ClientError as error:
        raise _answered(error.response, location, doing) from None
    except (known.NoCredentialsError, known.PartialCredentialsError, known.ProfileNotFound) as error:
        text = f"no credentials for {location.store}: AWS_PROFILE or what it names is not complete"
        raise _refused("no-credentials", f"{text} ({type(error).__name__})") from None
    except (known.HTTPClientError, known.ConnectionError) as error:
        text = f"{location.store} cannot be reached ({type(error).__name__}); run castsite publish again to go on"
        raise StoreError(Problem(Severity.FATAL, Place(""), "store-unreachable", text)) from None
    except known.BotoCoreError as error:
        text = f"{location.store}: cannot {doing} ({type(error).__name__}); look at the settings of AWS"
        raise StoreError(Problem(Severity.FATAL, Place(""), "store", text)) from None


def _answered(response: Mapping[str, Any], location: Location, doing: str) -> CastsiteError:
    """Tell what a store answered: its code, and what that means. Its own words may hold what was sent."""
    given = str(response.get("Error", {}).get("Code", ""))
    code = given if _CODE.fullmatch(given) else "an answer without a code"
    if code in {"NoSuchBucket", "404"}:
        text = f"no bucket {quote(location.bucket)} at {location.store}; make it, or name another"
        return _refused("no-bucket", text)
    cure = f": {_CURES[code]}" if code in _CURES else "; run castsite publish again to go on"
    text = f"{location.store} refused to {doing} ({printable(code)}){cure}"
    return StoreError(Problem(Severity.FATAL, Place(""), "store", text))


def _refused(code: str, text: str) -> ConfigError:
    return ConfigError(Problem(Severity.FATAL, Place(""), code, text))
