"""castsite.yml: every key checked, every problem told at once, flags and the environment before the file."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from castsite.config import (
    BASE_URL_VARIABLE,
    CONFIG,
    DEFAULT_OUTPUTS,
    EXPORTS,
    KEY_VARIABLE,
    NO_PASSPHRASE,
    OUTPUTS,
    SiteConfig,
    ThemeChoice,
    load_config,
)
from castsite.errors import ConfigError, Place, Severity
from castsite.limits import DAY, MIB, Limits
from castsite.schema.bounds import BYTE_LIMITS, TIME_LIMITS
from castsite.schema.hosting import PublishOptions, ServeOptions
from castsite.schema.policy import CustomRule, RuleSwitch, SecretsPolicy
from castsite.schema.values import Author, Link, List, Table, Visibility
from castsite.schema.zones import find_zone
from tests.timing import soon


def load(text: str) -> SiteConfig:
    config, problems = load_config(text)
    assert problems == ()
    return config


def refusals(text: str, **above: object) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(text, **above)  # type: ignore[arg-type]
    assert caught.value.exit_code == 2
    return [str(problem) for problem in caught.value.problems]


def refusal(text: str) -> str:
    (told,) = refusals(text)
    return told


def test_an_empty_file_is_the_defaults() -> None:
    assert load("") == load("# nothing\n") == load("\ufefftitle:\n") == SiteConfig()
    assert SiteConfig().outputs == DEFAULT_OUTPUTS


FULL = """
title: 1.10
description: |
  Two
  lines
base_url: https://Ada.example/Casts
language: pt-BR
timezone: Europe/Berlin
author: {name: Ada, url: https://ada.example/}
content: casts/
output: ../site
ignore: ["drafts/*", "*.bak"]
theme: {name: paper, options: {accent: teal, sizes: [1, 2]}}
player: {speed: 1.5, idleTimeLimit: 2, auto_play: yes}
navigation: [{title: About, url: about/}]
taxonomies: [tags]
pagination: 0
feeds: no
search: {enabled: off}
outputs: [embed, wsh]
export: [gif, anim.svg]
visibility: unlisted
retention_days: 90
secrets:
  policy: fail
  rules: {jwt: warn, email: off}
  disable: [{rule: jwt, path: a.cast}]
  custom: [{id: ours, anchors: [tok_], regex: "tok_[a-z]{20}", class: P}]
  external: [gitleaks]
  inline_allow: never
strict: yes
limits: {cols: 400, file_size: 80 MiB, gap: 1:00:00, duration: 2d}
serve: {port: 8080, open: yes, allowed_hosts: [box.local], uploads: true, upload_folder: inbox}
publish: {to: "s3://bucket/a/b", endpoint: "https://s3.example/", branch: pages, cname: casts.example}
publish_input: yes
publish_timestamp: yes
keep_titles: yes
allow_remote_images: yes
frame_ancestors: yes
site_key: 0123456789abcdef
extra: {colour: teal, more: {deep: [x]}}
"""


def test_every_key_is_read_into_its_field() -> None:
    read = load(FULL)
    assert [name.value for name, _ in read.theme.options.entries] == ["accent", "sizes"]
    assert read == SiteConfig(
        title="1.10",
        description="Two\nlines",
        base_url="https://ada.example/Casts/",
        language="pt-BR",
        timezone="Europe/Berlin",
        author=Author("Ada", "https://ada.example/"),
        content="casts",
        output="../site",
        ignore=("drafts/*", "*.bak"),
        theme=ThemeChoice(name="paper", options=read.theme.options, place=read.theme.place),
        player=(("autoPlay", True), ("speed", 1.5)),
        idle_time_limit=2_000_000,
        navigation=(Link("About", "about/"),),
        taxonomies=("tags",),
        pagination=0,
        feeds=False,
        search=False,
        outputs=("embed", "wsh"),
        export=("gif", "anim.svg"),
        visibility=Visibility.UNLISTED,
        retention_days=90,
        secrets=SecretsPolicy(
            policy="fail",
            rules=(("jwt", "warn"), ("email", "off")),
            disable=(RuleSwitch("jwt", "casts/a.cast"),),
            custom=(CustomRule("ours", ("tok_",), "tok_[a-z]{20}", "P"),),
            external=("gitleaks",),
            inline_allow="never",
        ),
        strict=True,
        limits=Limits(cols=400, file_size=80 * MIB, gap=3_600_000_000, duration=2 * DAY),
        serve=ServeOptions(port=8080, open=True, allowed_hosts=("box.local",), uploads=True, upload_folder="inbox"),
        publish=PublishOptions(
            to="s3://bucket/a/b", endpoint="https://s3.example/", branch="pages", cname="casts.example"
        ),
        publish_input=True,
        publish_timestamp=True,
        keep_titles=True,
        allow_remote_images=True,
        frame_ancestors=True,
        site_key="0123456789abcdef",
        extra=(("colour", "teal"), ("more", Table((("deep", List(("x",))),)))),
    )


def test_the_full_example_leaves_no_key_out() -> None:
    defaults = SiteConfig()
    config = load(FULL)
    same = {
        field.name
        for field in structs.fields(SiteConfig)
        if getattr(config, field.name) == getattr(defaults, field.name)
    }
    assert same == set()


def test_short_forms_are_read_too() -> None:
    config = load("author: Ada\ntheme: paper\nsecrets: off\nsearch: no\nplayer: {idle_time_limit: off}\n")
    assert config.author == Author("Ada")
    assert config.theme == ThemeChoice(name="paper", place=Place("castsite.yml", 2, 8))
    assert config.secrets == SecretsPolicy(policy="off")
    assert not config.search
    assert config.idle_time_limit == "off"


ADDRESS = "expected an http(s) address without query and fragment, such as https://ada.example/casts/"

NAMED = "expected the name of a theme: small letters and digits, single - and _ between them, at most 64"
WRONG = [
    ("titel: x", '1:1: unknown-key: unknown key "titel", did you mean "title"?'),
    ("baseURL: x", '1:1: unknown-key: unknown key "baseURL", did you mean "base_url"?'),
    ("idle_time_limit: 2", '1:1: unknown-key: unknown key "idle_time_limit", did you mean "player.idle_time_limit"?'),
    ("foo: x", '1:1: unknown-key: unknown key "foo"; data of your own goes under extra'),
    (
        "password: x",
        "1:1: secret-in-file: password: " + NO_PASSPHRASE["password"].text,
    ),
    ("title: [x]", "1:8: bad-value: title: expected text, got a list"),
    (
        "base_url: example.org",
        f'1:11: bad-value: base_url: {ADDRESS}, got "example.org"',
    ),
    ("language: english", '1:11: bad-value: language: "english" is not a language tag, such as en or pt-BR'),
    (
        "timezone: Europe/Berln",
        '1:11: bad-value: timezone: unknown time zone "Europe/Berln", did you mean "Europe/Berlin"?',
    ),
    (
        "timezone: ../etc/passwd",
        '1:11: bad-value: timezone: unknown time zone "../etc/passwd"; write it as Europe/Berlin',
    ),
    ("timezone: Europe", '1:11: bad-value: timezone: unknown time zone "Europe", did you mean "Europe/Rome"?'),
    ("author: {url: https://a.example/}", "1:9: bad-value: author: needs name, such as {name: Ada}"),
    ("content: ../x", '1:10: bad-value: content: "../x" leaves its folder; expected a folder such as content'),
    ("content: /abs", '1:10: bad-value: content: "/abs" is absolute; expected a folder such as content'),
    ("theme: ../../x", "1:8: bad-value: theme: " + NAMED),
    (
        "theme: {name: ../x}",
        "1:15: bad-value: theme: name: " + NAMED,
    ),
    ("theme: {nam: x}", '1:9: unknown-key: theme: unknown key of theme "nam", did you mean "name"?'),
    (
        "theme: {accent: x}",
        '1:9: unknown-key: theme: unknown key of theme "accent"; the theme\'s own options stand under options:',
    ),
    ("player: {speeed: 2}", '1:10: unknown-key: player: unknown option "speeed", did you mean "speed"?'),
    ("navigation: [About]", '1:14: bad-value: navigation: expected {title: About, url: about/}, got "About"'),
    ("taxonomies: [tag]", '1:14: bad-value: taxonomies: unknown taxonomy "tag", did you mean "tags"?'),
    ("pagination: -1", '1:13: bad-value: pagination: expected a whole number from 0 to 10000, got "-1"'),
    ("feeds: maybe", '1:8: bad-value: feeds: expected true or false, got "maybe"'),
    ("search: {enable: x}", '1:10: unknown-key: search: unknown key of search "enable", did you mean "enabled"?'),
    ("outputs: [emebd]", '1:11: bad-value: outputs: unknown output "emebd", did you mean "embed"?'),
    ("export: [giff]", '1:10: bad-value: export: unknown kind "giff", did you mean "gif"?'),
    ("visibility: hidden", '1:13: bad-value: visibility: expected public, unlisted or private, got "hidden"'),
    ("retention_days: 0", '1:17: bad-value: retention_days: expected a whole number from 1 to 100000, got "0"'),
    ("secrets: maybe", '1:10: bad-value: secrets: expected fail, warn, redact or off, got "maybe"'),
    ("secrets: {rules: [jwt]}", "1:18: bad-value: secrets: rules: expected rules such as {jwt: warn}, got a list"),
    ("secrets: {rules: {jwt: no}}", '1:24: bad-value: secrets: rules: jwt: expected block, warn or off, got "no"'),
    (
        "secrets: {disable: [{rule: jwt}]}",
        "1:21: bad-value: secrets: disable: needs path, such as {rule: jwt, path: demo.cast}",
    ),
    (
        "secrets: {custom: [{id: a, anchors: [], regex: 'b', class: P}]}",
        "1:37: bad-value: secrets: custom: anchors: expected at least one text: without one it is never tried",
    ),
    (
        "secrets: {custom: [{id: a, anchors: [b], regex: '*', class: P}]}",
        "1:49: bad-value: secrets: custom: regex: not a regular expression: nothing to repeat at position 0",
    ),
    (
        "player: {audioUrl: x.mp3}",
        "1:20: bad-value: player: audioUrl belongs to one recording: use audio in its front matter",
    ),
    ("strict: 2", '1:9: bad-value: strict: expected true or false, got "2"'),
    ("limits: {colz: 5}", '1:10: unknown-key: limits: unknown limit "colz", did you mean "cols"?'),
    ("limits: {cols: 0}", '1:16: bad-value: limits: cols: expected a whole number, 1 or more, got "0"'),
    ("limits: {path: 79}", '1:16: bad-value: limits: path: expected a whole number, 80 or more, got "79"'),
    ("limits: {body: much}", '1:16: bad-value: limits: body: expected a size such as 20 MiB, got "much"'),
    ("limits: {gap: long}", '1:15: bad-value: limits: gap: expected a time such as 30s, 24h or 1:30:00, got "long"'),
    ("limits: 5", '1:9: bad-value: limits: expected a mapping such as {cols: 400}, got "5"'),
    ("serve: {port: 70000}", '1:15: bad-value: serve: port: expected a whole number from 1 to 65535, got "70000"'),
    ("serve: {host: 'a b'}", "1:15: bad-value: serve: host: expected the name or the address of a host"),
    ("serve: yes", '1:8: bad-value: serve: expected a mapping such as {port: 8080}, got "yes"'),
    (
        "publish: {to: s3://b/p}",
        (
            "1:15: bad-value: publish: to: expected gh-pages or s3://bucket/prefix: a bucket of 3 to 63 small letters, "
            'digits, . and -, steps of letters, digits, ., _ and -, got "s3://b/p"'
        ),
    ),
    ("publish: {to: ftp://x}", '1:15: bad-value: publish: to: expected gh-pages or s3://bucket/prefix, got "ftp://x"'),
    ("publish: {branch: '-x'}", "1:19: bad-value: publish: branch: expected letters, digits, . _ - and /"),
    ("extra: [x]", "1:8: bad-value: extra: expected a mapping such as {colour: red}, got a list"),
    ("- a", "1:1: bad-yaml: expected keys such as title: Rebase, got a list"),
    ("title: Git: x", '1:11: bad-yaml: put the text in quotes: title: "Git: x"'),
]


@pytest.mark.parametrize(("text", "says"), WRONG, ids=lambda value: value[:24])
def test_H10_a_wrong_value_is_told_with_its_place(text: str, says: str) -> None:
    assert refusal(text) == f"error: castsite.yml:{says}"


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    told = refusals("titel: x\nfeeds: maybe\nlimits: {cols: 0}\nfoo: 1\nfeeds: no\n")
    assert [line.split(":")[2] for line in told] == ["1", "2", "3", "4", "5"]


def test_a_file_by_another_name_is_named() -> None:
    assert refusals("a: 1", path="castsite.yaml")[0].startswith("error: castsite.yaml:1:1:")


def test_warnings_alone_do_not_stop_anything() -> None:
    config, problems = load_config("ignore: drafts\noutputs: embed\n")
    assert config.ignore == ("drafts",)
    written = "ignore: [drafts/, ./a/*, /b/, content/c, content, x/content/d]"
    assert load_config(written).config.ignore == ("drafts", "a/*", "/b", "/c", "content", "x/content/d")
    assert [problem.severity for problem in problems] == [Severity.WARNING] * 2


def test_a_flag_goes_before_the_environment_and_that_before_the_file() -> None:
    text = "base_url: https://file.example/\noutput: file\nstrict: no\n"
    environ = {BASE_URL_VARIABLE: "https://environ.example"}
    assert load_config(text).config.base_url == "https://file.example/"
    assert load_config(text, environ=environ).config.base_url == "https://environ.example/"
    flags = load_config(text, environ=environ, base_url="https://flag.example", output="flag", strict=True).config
    assert (flags.base_url, flags.output, flags.strict) == ("https://flag.example/", "flag", True)
    assert load_config("strict: yes\n").config.strict
    assert load_config("", environ={BASE_URL_VARIABLE: ""}).config.base_url is None


def test_a_wrong_flag_is_quoted_and_a_wrong_variable_is_not() -> None:
    assert refusals("", base_url="nope") == [f'error: bad-value: --base-url: {ADDRESS}, got "nope"']
    assert refusals("", environ={BASE_URL_VARIABLE: "nope"}) == [f"error: bad-value: {BASE_URL_VARIABLE}: {ADDRESS}"]


def test_problems_of_flags_and_of_the_file_are_told_together() -> None:
    assert len(refusals("titel: x\n", base_url="nope", environ={KEY_VARIABLE: "short"})) == 3


def test_the_site_key_comes_from_the_environment_or_the_file_and_is_never_shown() -> None:
    key = "from-the-environment"
    config = load_config("site_key: 0123456789abcdef\n", environ={KEY_VARIABLE: key}).config
    assert config.site_key == key
    assert key not in repr(config)
    for told in (*refusals("site_key: hush\n"), *refusals("", environ={KEY_VARIABLE: "hush"})):
        assert "hush" not in told
        assert "16 characters" in told


def test_F38_the_owner_moves_any_limit() -> None:
    for limit in dataclasses.fields(Limits):
        config = load(f"limits: {{{limit.name}: {'2h' if limit.name in TIME_LIMITS else 700}}}\n")
        assert getattr(config.limits, limit.name) == (7_200_000_000 if limit.name in TIME_LIMITS else 700)


def test_limits_hold_for_the_file_that_sets_them() -> None:
    config, problems = load_config(f"title: {'x' * 300}\nlimits: {{title: 250}}\n")
    assert len(config.title) == 250
    assert [problem.text for problem in problems] == ["title: cut to 250 characters (limits: title), had 300"]


def test_sizes_and_times_are_limits_that_exist() -> None:
    names = {limit.name for limit in dataclasses.fields(Limits)}
    assert names >= BYTE_LIMITS | TIME_LIMITS


def test_words_of_outputs_and_exports_are_all_taken() -> None:
    config = load(f"outputs: [{', '.join(OUTPUTS)}]\nexport: [{', '.join(EXPORTS)}]\n")
    assert (config.outputs, config.export) == (OUTPUTS, EXPORTS)


def test_a_zone_is_found_by_name_and_nothing_else_is_opened(tmp_path: Path) -> None:
    berlin = find_zone("Europe/Berlin")
    assert berlin is not None
    assert datetime(2026, 7, 1, tzinfo=berlin).isoformat() == "2026-07-01T00:00:00+02:00"
    for name in ("", "Europe", "/etc/passwd", "../UTC", str(tmp_path), "a\0b", "x" * 500, "leapseconds"):
        assert find_zone(name) is None


@given(st.lists(st.sampled_from([key.name for key in CONFIG.keys] + ["foo"])), st.text(max_size=30))
def test_any_file_is_read_or_refused_soon(names: list[str], value: str) -> None:
    def load() -> None:
        try:
            load_config("".join(f"{name}: {value}\n" for name in names))
        except ConfigError as error:
            assert error.problems  # noqa: PT017  either outcome is right, only these two are

    soon(0.5, load)
