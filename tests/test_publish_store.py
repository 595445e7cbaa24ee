"""Publishing to an object store, tried with a server that speaks S3."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from projects import Project, cast
from stores import ENVIRON, KEYS, Store, running_store

from castsite.artifact import Artifact, Order
from castsite.build import Options, dress, lay_out, survey, workers
from castsite.cache import Cache
from castsite.config import SiteConfig
from castsite.errors import ConfigError
from castsite.limits import MIB
from castsite.output import manifest as manifest_file
from castsite.output.finished import finished
from castsite.output.manifest import MANIFEST, State
from castsite.output.plan import plan
from castsite.output.target import Target
from castsite.output.write import publish
from castsite.publish.objects import CORS, said, turn
from castsite.publish.s3 import Bucket, StoreError, connect, locate
from castsite.publish.store import Sent, publish_objects

NAMES = count(1)
SMALL = "outputs: []\nfeeds: false\nsearch: false\n"
CONFIG = f"title: Garden\n{SMALL}"
SECRET = re.compile("|".join(KEYS.values()))


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with running_store() as running:
        yield running


@pytest.fixture(autouse=True)
def environ(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def bucket(store: Store) -> str:
    return store.make(f"casts-{next(NAMES)}")


@dataclass(frozen=True)
class Site(Project):
    """A site and where it is published."""

    store: Store
    bucket: str
    prefix: str = "casts"

    @property
    def to(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    def publish(self, *arguments: str, code: int = 0, **environ: str) -> subprocess.CompletedProcess[str]:
        done = self.run("publish", self.to, "--endpoint", self.store.endpoint, *arguments, **environ)
        assert done.returncode == code, done.stderr
        assert not SECRET.search(done.stdout + done.stderr)
        return done

    def there(self) -> dict[str, bytes]:
        before = f"{self.prefix}/" if self.prefix else ""
        return {key.removeprefix(before): body for key, body in self.store.objects(self.bucket).items()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = Project(tmp_path_factory.mktemp("built"))
    project.write({"castsite.yml": CONFIG, "content/a.cast": cast("hello"), "content/b/c.cast": cast("you")})
    project.build()
    return project.root


@pytest.fixture
def site(tmp_path: Path, store: Store, bucket: str, built: Path) -> Site:
    return Site(shutil.copytree(built, tmp_path / "site"), store, bucket)


# ---- the command


def test_the_store_holds_what_castsite_made_with_its_types_and_nothing_else(site: Site) -> None:
    made = site.published()
    (site.root / "public" / "private.txt").write_text("mine")
    said = site.publish().stderr
    assert said.startswith(f"published to {site.to} at 127.0.0.1:")
    assert f": {len(made) - 1} new files, 0 changed, 0 removed" in said
    assert site.there() == made
    heads = {path: site.store.head(site.bucket, f"casts/{path}") for path in made}
    assert heads["a.cast"]["ContentType"] == "application/x-asciicast"
    assert heads["a/index.html"]["ContentType"] == "text/html; charset=utf-8"
    assert heads["a.txt"]["ContentType"] == "text/plain; charset=utf-8"
    assert heads["a.svg"]["ContentType"] == "image/svg+xml"
    lasting = {path for path, head in heads.items() if "immutable" in head["CacheControl"]}
    assert lasting == {path for path in made if path.startswith("assets/")}
    assert {heads[path]["CacheControl"] for path in made if path not in lasting} == {"public, max-age=60"}


def test_only_what_changed_is_sent_and_what_is_gone_is_removed(site: Site) -> None:
    site.publish()
    with site.store.gated() as gate:
        assert "holds these files already" in site.publish().stderr
        assert {method for method, _ in gate.seen} == {"GET"}
    before = site.there()
    (site.root / "content/a.cast").unlink()
    site.write({"content/d.cast": cast("more")}).build()
    after = site.published()
    with site.store.gated() as gate:
        site.publish()
        seen = list(gate.seen)
    assert site.there() == after
    sent = [path.removeprefix(f"/{site.bucket}/casts/") for method, path in seen if method == "PUT"]
    assert sent[0] == sent[-1] == MANIFEST
    assert sorted(sent[1:-1]) == sorted(path for path in after if before.get(path) != after[path] and path != MANIFEST)
    assert [turn(path) for path in sent[1:-1]] == sorted(turn(path) for path in sent[1:-1])
    gone = {path.removeprefix(f"/{site.bucket}/casts/") for method, path in seen if method == "DELETE"}
    assert gone == before.keys() - after.keys()
    assert seen[-1][0] == "PUT"


def test_a_dry_run_says_what_would_be_done_with_each_file_and_writes_nothing(site: Site) -> None:
    done = site.publish("--dry-run")
    assert "would publish" in done.stderr
    assert sorted(line.split()[1] for line in done.stdout.splitlines()) == sorted(site.published().keys() - {MANIFEST})
    assert {line.split()[0] for line in done.stdout.splitlines()} == {"new"}
    assert site.there() == {}
    site.publish()
    (site.root / "content/a.cast").unlink()
    site.build()
    before = site.there()
    words = {line.split()[1]: line.split()[0] for line in site.publish("--dry-run").stdout.splitlines()}
    assert (words["index.html"], words["a.cast"]) == ("changed", "removed")
    assert site.there() == before
    assert "holds these files already" not in site.publish().stderr


def test_the_configuration_says_where_to(site: Site) -> None:
    config = f"{CONFIG}publish: {{to: 's3://{site.bucket}', endpoint: '{site.store.endpoint}/'}}\n"
    site.write({"castsite.yml": config}).build()
    done = site.run("publish")
    assert done.returncode == 0, done.stderr
    assert site.store.objects(site.bucket) == site.published()


def test_what_is_no_finished_site_is_not_published(site: Site) -> None:
    site.build("--drafts")
    assert "preview: " in site.publish(code=2).stderr
    site.build()
    (site.root / "public" / "a.txt").write_text("edited")
    assert "public/a.txt: edited: " in site.publish(code=2).stderr
    (site.root / "public" / "a.txt").unlink()
    site.write({"castsite.yml": f"{CONFIG}base_url: http://localhost/\n"}).build()
    assert "local-address: " in site.publish(code=2).stderr
    assert site.there() == {}


# ---- what goes wrong


def test_what_the_store_refuses_is_told_and_what_it_says_is_not(site: Site) -> None:
    with site.store.gated(open_for=0):
        told = site.publish(code=5).stderr
    assert "fatal: store: 127.0.0.1:" in told
    assert "refused to write (AccessDenied): these credentials may not do that" in told
    with site.store.gated(open_for=3, code="Slow Down, friend"):
        assert "(an answer without a code)" in site.publish(code=5).stderr
    site.publish()
    assert site.there() == site.published()


def test_a_bucket_that_is_not_there_is_told(site: Site) -> None:
    done = site.run("publish", "s3://nowhere-at-all", "--endpoint", site.store.endpoint)
    assert (done.returncode, 'no bucket "nowhere-at-all"' in done.stderr) == (2, True), done.stderr


def test_a_store_that_cannot_be_reached_is_told(site: Site) -> None:
    done = site.run("publish", site.to, "--endpoint", "http://127.0.0.1:9")
    assert done.returncode == 5
    assert "store-unreachable: 127.0.0.1:9 cannot be reached" in done.stderr


def test_missing_credentials_are_told(site: Site) -> None:
    done = site.publish(code=2, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert "no-credentials: " in done.stderr
    assert "no-credentials: " in site.publish(code=2, AWS_PROFILE="nobody").stderr


def test_without_the_extra_it_says_what_to_install(site: Site, tmp_path: Path) -> None:
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "boto3.py").write_text("raise ModuleNotFoundError('boto3')")
    code = "import sys; sys.path.insert(0, sys.argv.pop(1)); from castsite.__main__ import main; main()"
    command = [sys.executable, "-c", code, str(tmp_path / "hidden"), "publish", "s3://some-bucket"]
    done = subprocess.run(command, cwd=site.root, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'castsite[s3]'" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ftp://x",), "neither gh-pages nor s3://bucket/prefix"),
        (("/srv/casts",), "name a folder by --release-dir"),
        (("s3://bucket/../x",), "neither gh-pages nor s3://bucket/prefix"),
        (("s3://bucket", "--branch", "x"), "--branch does not go with an object store"),
        (("gh-pages", "--endpoint", "https://x.example"), "--endpoint does not go with gh-pages"),
        (("s3://bucket", "--endpoint", "https://ada:secret@x.example"), "bad-endpoint"),
        (("s3://bucket", "--endpoint", "x.example"), "bad-endpoint"),
    ],
)
def test_a_destination_that_cannot_be_is_refused(site: Site, arguments: tuple[str, ...], said: str) -> None:
    done = site.run("publish", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "secret" not in done.stderr


def test_the_rules_of_a_bucket_are_printed_as_the_store_takes_them(site: Site) -> None:
    rules = json.loads(site.publish("--cors").stdout)
    site.store.client.put_bucket_cors(Bucket=site.bucket, CORSConfiguration=rules)
    assert rules == CORS
    assert site.there() == {}


# ---- sites of a few files


OLD = {
    "assets/x.0123456789ab.css": "old",
    "a.cast": "1",
    "a/index.html": "a1",
    "gone/index.html": "g",
    "index.html": "i1",
}
NEW = {"assets/x.ba9876543210.css": "new", "a.cast": "2", "a/index.html": "a2", "b/index.html": "b", "index.html": "i2"}


def written(root: Path, files: dict[str, str], identity: str = "Garden") -> Target:
    """Make an output folder of these files."""
    (root / ".castsite").mkdir(parents=True, exist_ok=True)
    target = Target(root=root / "public", work=root / ".castsite", project=root, identity=identity)
    artifacts = [Artifact(path, turn(path)[0], path, text.encode) for path, text in files.items()]
    publish(target, plan(artifacts))
    return target


def below_p(target: Target) -> dict[str, bytes]:
    """Give the files of an output folder as the objects that they become."""
    files = (path for path in target.root.rglob("*") if path.is_file())
    return {f"p/{path.relative_to(target.root).as_posix()}": path.read_bytes() for path in files}


def send(target: Target, bucket: Bucket, **how: bool) -> Sent:
    return publish_objects(target.root, finished(target), bucket, **how)


def reached(store: Store, bucket: str) -> Bucket:
    return connect(locate(f"s3://{bucket}/p", store.endpoint))


# ---- whose it is


def test_objects_of_others_stay_and_those_in_the_way_are_replaced_by_force_alone(
    tmp_path: Path, store: Store, bucket: str
) -> None:
    there, site = reached(store, bucket), written(tmp_path, OLD)
    others = {"other.html": b"theirs", "p/notes.txt": b"theirs"}
    for key, body in (others | {"p/a.cast": b"theirs"}).items():
        store.put(bucket, key, body)
    before = store.objects(bucket)
    with pytest.raises(ConfigError, match=r"foreign-object: .*the site must go: a\.cast; look at it"):
        send(site, there)
    assert store.objects(bucket) == before
    send(site, there, force=True)
    assert store.objects(bucket) == below_p(site) | others
    send(written(tmp_path, NEW), there)
    assert store.objects(bucket) == below_p(site) | others


def test_a_site_of_somebody_else_is_replaced_by_force_alone(tmp_path: Path, store: Store, bucket: str) -> None:
    there, site = reached(store, bucket), written(tmp_path / "new", NEW)
    send(written(tmp_path / "old", OLD, identity="Orchard"), there)
    before = store.objects(bucket)
    with pytest.raises(ConfigError, match="another-site: "):
        send(site, there)
    assert store.objects(bucket) == before
    send(site, there, force=True)
    assert store.objects(bucket) == below_p(site)
    store.put(bucket, f"p/{MANIFEST}", b"{")
    with pytest.raises(ConfigError, match="damaged-manifest: "):
        send(site, there)
    send(site, there, force=True)
    assert store.objects(bucket) == below_p(site)


def test_what_another_tool_copied_is_known_again(tmp_path: Path, store: Store, bucket: str) -> None:
    there, site = reached(store, bucket), written(tmp_path, OLD)
    for key, body in below_p(site).items():
        store.put(bucket, key, body)
    with store.gated() as gate:
        assert not send(site, there).moves
        assert {method for method, _ in gate.seen} == {"GET"}
    store.client.delete_object(Bucket=bucket, Key=f"p/{MANIFEST}")
    assert not send(site, there).moves
    assert store.objects(bucket) == below_p(site)


def test_what_somebody_changed_in_the_store_is_put_right(tmp_path: Path, store: Store, bucket: str) -> None:
    there, site = reached(store, bucket), written(tmp_path, OLD)
    send(site, there)
    store.put(bucket, "p/a.cast", b"x")
    assert send(site, there).moves.changed == ("a.cast",)
    assert store.objects(bucket) == below_p(site)


# ---- interrupted anywhere


@pytest.mark.parametrize("opaque", [False, True])
def test_interrupted_at_any_object_the_next_run_finishes_the_job(tmp_path: Path, store: Store, opaque: bool) -> None:
    old, new = written(tmp_path / "old", OLD), written(tmp_path / "new", NEW)
    expected = below_p(new)
    mine = {"p/mine.txt": b"mine", "mine.txt": b"mine", "p/gone.html": b"mine"}
    for cut in count():
        bucket = store.make(f"cut-{opaque:d}-{cut}")
        there = reached(store, bucket)
        send(old, there)
        for key, body in mine.items():
            store.put(bucket, key, body)
        with store.gated(open_for=cut, opaque=opaque):
            try:
                send(new, there)
                break
            except StoreError:
                pass
        half = store.objects(bucket)
        assert mine.items() <= half.items()
        assert {*half} <= {*mine, *expected, *(f"p/{path}" for path in OLD)}
        if half["p/index.html"] == b"i2":
            assert half["p/a/index.html"] == b"a2"
        if half["p/a/index.html"] == b"a2":
            assert half["p/assets/x.ba9876543210.css"] == b"new"
        if half["p/index.html"] == b"i1":
            assert half["p/gone/index.html"] == b"g"
        store.gate.opaque = opaque
        send(new, there)
        assert not send(new, there).moves
        store.gate.opaque = False
        assert store.objects(bucket) == expected | mine
    assert cut == 2 + 5 + 2


def test_H15_killed_at_an_object_the_next_run_finishes_the_job(site: Site) -> None:
    site.publish()
    site.write({"content/d.cast": cast("more")}).build()
    arguments = ["publish", site.to, "--endpoint", site.store.endpoint]
    started: list[int] = []
    with site.store.gated(open_for=6, kill=lambda: started[0]):
        process = subprocess.Popen([sys.executable, "-m", "castsite", *arguments], cwd=site.root)
        started.append(process.pid)
        assert process.wait(60) == -9
    manifest = manifest_file.load(site.there()[MANIFEST])
    assert manifest is not None
    assert manifest.state is State.PUBLISHING
    site.publish()
    assert site.there() == site.published()


def test_a_store_that_encrypts_is_sent_what_changed_alone(tmp_path: Path, store: Store, bucket: str) -> None:
    there = reached(store, bucket)
    with store.gated(opaque=True):
        assert len(send(written(tmp_path, OLD), there).moves.new) == len(OLD)
        assert not send(written(tmp_path, OLD), there).moves
        moves = send(written(tmp_path, OLD | {"a.cast": "3"}), there).moves
    assert (moves.new, moves.changed, moves.removed) == ((), ("a.cast",), ())


def test_a_large_file_is_sent_in_parts_and_not_again(tmp_path: Path, store: Store, bucket: str) -> None:
    there = Bucket(locate(f"s3://{bucket}/p", store.endpoint), reached(store, bucket).client, 5 * MIB)
    large = written(tmp_path, {"a.mp4": "x" * (11 * MIB)})
    send(large, there)
    head = store.head(bucket, "p/a.mp4")
    assert head["ETag"].strip('"').endswith("-3")
    assert (head["ContentType"], head["ContentLength"]) == ("video/mp4", 11 * MIB)
    assert not send(large, there).moves


def test_a_body_that_changes_on_the_way_is_refused_by_the_store(tmp_path: Path, store: Store, bucket: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"changed")
    there = reached(store, bucket)
    with path.open("rb") as file, pytest.raises(StoreError, match="BadDigest"):
        there.put("a.txt", file, 7, hashlib.md5(b"meant").digest(), said("a.txt"))  # noqa: S324 - S3's own checksum
    assert store.objects(bucket) == {}


def test_a_manifest_larger_than_any_is_not_read(store: Store, bucket: str) -> None:
    store.put(bucket, f"p/{MANIFEST}", b"x" * 11)
    with pytest.raises(ConfigError, match="too-large"):
        reached(store, bucket).read(MANIFEST, 10)


# ---- values


def test_files_are_sent_in_the_order_in_which_a_build_writes_them(tmp_path: Path) -> None:
    config = SiteConfig(title="Garden", base_url="https://x.example/", outputs=("embed", "oembed", "wsh", "rexec"))
    project = Project(tmp_path).write(
        {
            "content/a.cast": b"---\ntags: [t]\nseries: s\nauthors: [n]\naliases: [old]\n---\n" + cast("hello"),
            "content/b/c.cast": cast("you"),
            "content/b/about.md": "Hello",
        }
    )
    options, cache = Options(), Cache(tmp_path / ".castsite")
    with workers(config, options) as executor:
        surveyed = survey(project.root, config, options, cache, executor)
        dressed = dress(project.root, config)
        artifacts = lay_out(project.root, surveyed, dressed, folder=tmp_path / "index").plan.artifacts
    order = {artifact.path: artifact.order for artifact in artifacts}
    sections = {path for path, kind in order.items() if turn(path)[0] is Order.PAGE and kind is Order.INDEX}
    assert {path for path, kind in order.items() if turn(path)[0] is not kind} == sections == {"b/index.html"}
    for path in sections:
        below = [other for other in order if other != path and other.startswith(path.removesuffix("index.html"))]
        assert max(turn(other) for other in below if order[other] is Order.PAGE) < turn(path)


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        (None, "casts.s3.amazonaws.com"),
        ("https://s3.example/x", "s3.example"),
        ("https://casts.s3.example", "casts.s3.example"),
    ],
)
def test_an_endpoint_that_begins_with_the_bucket_is_asked_so(endpoint: str | None, host: str) -> None:
    bucket = connect(locate("s3://casts/p", endpoint))
    url = bucket.client.generate_presigned_url("get_object", Params={"Bucket": "casts", "Key": "k"})
    assert url.split("/")[2] == host


def test_only_names_that_change_with_the_content_are_kept_for_ever() -> None:
    assert "immutable" in said("assets/css/site.0123456789.css").cache_control
    assert said("assets/logo.png").cache_control == said("a.cast").cache_control == "public, max-age=60"
    assert said("recordings/x/cast").content_type == "application/x-asciicast"
    assert turn("assets/x.0123456789.css")[0] is Order.ASSET
