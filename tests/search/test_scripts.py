"""The scripts that search, without a page: terms, queries, files, and where words stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from searching import javascript

from castsite.search.query import Word, parse
from castsite.search.spans import marks_of
from castsite.search.terms import composed, terms_of

FIXTURE = json.loads(Path(__file__).with_name("terms.json").read_text(encoding="ascii"))


def test_terms_of_a_text_are_those_of_the_build(tmp_path: Path) -> None:
    program = """
    import { termsOf } from "./terms.js";
    const byCharacter = (a, b) => {
      const [x, y] = [[...a], [...b]].map((all) => all.map((one) => one.codePointAt(0)));
      const at = x.findIndex((one, index) => one !== y[index]);
      return at < 0 ? x.length - y.length : x[at] - (y[at] ?? -1);
    };
    tell(given.map((text) => [...termsOf(text)].sort(byCharacter)));
    """
    told = javascript(tmp_path, program, [text for text, _ in FIXTURE])
    for (text, terms), found in zip(FIXTURE, told, strict=True):
        assert found == terms, ascii(text)


def test_the_fixture_is_what_is_written_of_terms() -> None:
    assert len(FIXTURE) > 250
    for text, terms in FIXTURE:
        assert sorted(terms_of(text)) == terms, ascii(text)


@pytest.fixture
def parsed(tmp_path: Path) -> Any:
    """Words of queries, alike in both readers: an atom that stands for longer ones ends in `…`, pairs follow a bar."""
    program = """
    import { parse } from "./terms.js";
    const shown = (atoms) => atoms.map(({ text, prefix }) => text + (prefix ? "…" : "")).join(" ");
    tell(given.map((query) => parse(query).words.map(({ atoms, pairs, phrase }) =>
      (phrase ? '"' : "") + shown(atoms) + (pairs.length ? ` | ${shown(pairs)}` : ""))));
    """

    def both(*queries: str) -> list[list[str]]:
        told: list[list[str]] = javascript(tmp_path, program, queries)
        for query, words in zip(queries, told, strict=True):
            assert [_short(word) for word in parse(query)] == [word.removeprefix('"') for word in words], query
        return told

    return both


def _short(word: Word) -> str:
    atoms, pairs = (" ".join(text + "…" * prefix for text, prefix, _ in found) for found in (word.atoms, word.pairs))
    return atoms + (f" | {pairs}" if pairs else "")


def test_the_last_word_may_be_unfinished_from_two_characters_on_and_others_from_four(parsed: Any) -> None:
    assert parsed("k", "ku", "ku ", "get pods ku", "git push origin", "") == [
        ["k"],
        ["ku…"],
        ["ku"],
        ["get", "pods…", "ku…"],
        ["git", "push…", "origin…"],
        [],
    ]


def test_a_star_asks_for_beginnings_and_punctuation_at_the_end_for_whole_words(parsed: Any) -> None:
    assert parsed("ap* x", "a*", "docker.", "docker, x", "*", "* ** -") == [
        ["ap…", "x"],
        ["a"],
        ["docker"],
        ["docker", "x"],
        [],
        [],
    ]


def test_phrases_are_exact_and_one_that_is_open_ends_with_the_query(parsed: Any) -> None:
    assert parsed('"permission denied"', "“permission deni", 'x "a b" y', '"foo*"', '""', '"', '" "') == [
        ['"permission denied'],
        ['"permission deni'],
        ["x", '"a b', "y"],
        ['"foo'],
        [],
        [],
        [],
    ]


def test_paths_flags_and_versions_are_words_with_pairs(parsed: Any) -> None:
    assert parsed("/etc/nginx/nginx.conf x", "v1.27.3", "--no-verify", "getUserName", "Répertoire") == [
        ["etc nginx nginx conf… | nginx-conf…", "x"],
        ["v1 27 3 | v1-27 27-3"],
        ["no verify… | no-verify…"],
        ["getusername…"],
        ["repertoire…"],
    ]
    assert parsed("no-verify/x", "no-verify/foobar") == [["no verify x | no-verify"], ["no verify foobar… | no-verify"]]


def test_chinese_is_asked_for_by_pairs_and_a_character_alone_stands_for_all_that_begin_with_it(parsed: Any) -> None:
    assert parsed("配", "配*", "配-置", "配置文件", "配置 文件", "配置v2", "𠮷野") == [
        ["配…"],
        ["配…"],
        ["配… 置… | 配-置…"],
        ["配置 置文 文件…"],
        ["配置", "文件…"],
        ["配置 v2…"],
        ["𠮷野…"],
    ]


def test_a_query_has_at_most_300_characters_and_8_words_and_7_pairs_of_one(parsed: Any) -> None:
    long, many, pieces, halves = parsed("x" * 10_000, "a " * 5_000, "a.b.c.d.e.f.g.h.i.j", "\ud83d" * 400 + "\udc00 a")
    assert [len(word) for word in long] == [301]
    assert many == ["a"] * 8
    assert pieces == ["a b c d e f g h i j | a-b b-c c-d d-e e-f f-g g-h"]
    assert halves == []


def test_letters_that_differ_are_counted(tmp_path: Path) -> None:
    pairs = [
        ("kubctl", "kubectl", 1),
        ("dokcer", "docker", 1),
        ("docker", "docker", 0),
        ("abc", "xyz", 3),
        ("", "ab", 2),
        ("kubernetse", "kubernetes", 1),
        ("ca", "abc", 3),
    ]
    program = """
    import { distance, near } from "./near.js";
    const lengths = { kubectl: 9, kubect: 3, kubectx: 2, "kube-ctl": 8, "#kubectl": 7, docker: 5 };
    const lists = new Map(Object.entries(lengths).map(([term, length]) => [term, new Uint32Array(length)]));
    const distances = given.map(([a, b]) => distance(a, b, 9));
    tell([distances, distance("aaaa", "bbbb", 2), near("kubectk", [lists]), near("kub", [lists])]);
    """
    exact, given_up, meant, short = javascript(tmp_path, program, [pair[:2] for pair in pairs])
    assert exact == [pair[2] for pair in pairs]
    assert given_up == 3
    assert meant == [["kubectl", 9], ["kubect", 3], ["kubectx", 2]]
    assert short == []


# ---- files

SHARD = bytes([0, 3, *b"git", 2, 1 << 2 | 1, 3 << 2, 3, 4, *b"-log", 1, 5 << 2 | 2, 0, 2, *"é".encode(), 1, 0x80, 0x01])


def test_a_shard_is_read(tmp_path: Path) -> None:
    program = """
    import { readShard, readPostings, readColumns, utf8, hex } from "./shard.js";
    const shown = (list) => Array.from(list, (one) => [one >>> 2, one & 3]);
    const terms = [...readShard(Uint8Array.from(given))].map(([term, list]) => [term, shown(list)]);
    const columns = readColumns(Uint8Array.from([0, 7, 0x80, 1, 60, 1, 1]));
    tell([terms, shown(readPostings(Uint8Array.from([2, 4, 5]))), columns, hex(utf8("é"))]);
    """
    shard, postings, columns, key = javascript(tmp_path, program, list(SHARD))
    assert shard == [["git", [[1, 1], [4, 0]]], ["git-log", [[5, 2]]], ["é", [[32, 0]]]]
    assert postings == [[1, 0], [2, 1]]
    assert columns == {"days": [0, 128, 129], "seconds": [7, 60, 1]}
    assert key == "c3a9"


def test_a_shard_that_is_cut_off_or_changed_is_damaged_or_has_fewer_terms_and_never_hangs(tmp_path: Path) -> None:
    cut = [list(SHARD[:end]) for end in range(len(SHARD))]
    flipped = [[*SHARD[:at], SHARD[at] ^ 1 << bit, *SHARD[at + 1 :]] for at in range(len(SHARD)) for bit in range(8)]
    endless = [[0, 1, 97, 255, 255, 255, 255, 255, 255, 255, 255, 1], [255] * 600, [0, 255, *[97] * 300]]
    program = """
    import { readShard } from "./shard.js";
    const start = performance.now();
    tell([given.map((data) => {
      try {
        return readShard(Uint8Array.from(data)).size;
      } catch (error) {
        return error.name;
      }
    }), performance.now() - start]);
    """
    told, took = javascript(tmp_path, program, [*cut, *flipped, *endless])
    assert set(told) <= {0, 1, 2, 3, 4, 5, "Damaged"}
    assert told[: len(cut)].count("Damaged") >= len(cut) - 4
    assert told[-len(endless) :] == ["Damaged"] * len(endless)
    assert took < 1000


# ---- lines


@pytest.fixture
def marked(tmp_path: Path) -> Any:
    """Lines with what a query finds in them between brackets; others are left out."""
    program = """
    import { parse } from "./terms.js";
    import { matching } from "./spans.js";
    tell(given.map(([query, ...lines]) => matching(lines, parse(query).words).hits.map(({ text, marks }) => {
      let [shown, done] = ["", 0];
      for (const [start, end] of marks) {
        shown += `${text.slice(done, start)}[${text.slice(start, end)}]`;
        done = end;
      }
      return shown + text.slice(done);
    })));
    """
    return lambda *cases: javascript(tmp_path, program, cases)


@pytest.mark.parametrize(
    ("query", "line", "expected"),
    [
        ("git ", "git log, gitk", "[git] log, gitk"),
        ("dock", "docker run, undocked", "[dock]er run, undocked"),
        ("user ", "getUserName user2 superuser", "get[User]Name [user]2 superuser"),
        ("/etc/hosts ", "cat /etc/hosts; etc hosts; etc x hosts", "cat /[etc/hosts]; [etc hosts]; etc x hosts"),
        ("--no-verify ", "push --no-verify", "push --[no-verify]"),
        ("v1.27.3 ", "v1.27.30 v1.27.3", "v1.27.30 [v1.27.3]"),
        ('"permission denied"', "Permission   denied: x", "[Permission   denied]: x"),
        ('"a b"', "a ................. b", None),
        ('"a b"', "a ............. b", "[a ............. b]"),
        ("repertoire", "Re\u0301pertoire de travail", "[Répertoire] de travail"),
        ("strasse", "Die Straße", "Die [Straße]"),
        ("ςΣ", "ΣΣ", "[ΣΣ]"),
        ("配置文件", "新配置文件夹", "新[配置文件]夹"),
        ('"配置 文件"', "配置 文件", "[配置 文件]"),
        ("置", "配置", "配[置]"),
        ("𠮷", "a𠮷野", "a[𠮷]野"),
        ("ﬁle", "a file", "a [file]"),
        ("aa", "aaa aa", "[aa]a [aa]"),
        ("get pods ", "kubectl get pods", "kubectl [get] [pods]"),
        ("データ", "ﾃﾞｰﾀ ok", "[ﾃﾞｰﾀ] ok"),
        ("ﾃﾞｰﾀ", "ﾃﾞｰﾀ ok", "[ﾃﾞｰﾀ] ok"),
        ('"パスワード ガ"', "ﾊﾟｽﾜｰﾄﾞ ｶﾞ x", "[ﾊﾟｽﾜｰﾄﾞ ｶﾞ] x"),
        ("가나 ", "x ㄱㅏㄴㅏ", "x [ㄱㅏㄴㅏ]"),
        ("замок ", "в за\u0301мок.", "в [за\u0301мок]."),
        ('"x\u030cy za"', "xy za", "[xy za]"),
        ('"acme corp"', "ACME™ corp", "[ACME™ corp]"),
        ('"11 x"', "1½ x", None),
        ('"1 2 x"', "a ½ x", "a [½ x]"),
        ('"配-置"', "配-置", "[配-置]"),
        ('"a b"', f"a {'🦀' * 16} b", f"[a {'🦀' * 16} b]"),
        ('"a b"', f"a {'🦀' * 17} b", None),
        ('"a b"', f"a{' ' * 300}b", f"[a{' ' * 300}b]"),
        ("a.b.c.d.e.f.g.h.i", "a/b/c/d/e/f/g/h a/b/c/d/e/f/g/h/i", "a/b/c/d/e/f/g/h [a/b/c/d/e/f/g/h/i]"),
        ('"foo*"', "foobar", None),
        ("配*", "配置文件", "[配]置文件"),
    ],
)
def test_words_are_marked_where_they_stand(marked: Any, query: str, line: str, expected: str | None) -> None:
    assert marked([query, line]) == [[expected] if expected else []]
    shown, done = "", 0
    text = composed(line)
    for start, end in marks_of(line, parse(query)):
        shown += f"{text[done:start]}[{text[start:end]}]"
        done = end
    assert (shown + text[done:] if done else None) == expected


def test_hostile_lines_take_bounded_time(tmp_path: Path) -> None:
    program = """
    import { parse, termsOf } from "./terms.js";
    import { matching } from "./spans.js";
    const lines = ["a", "a-", "配", "\\ud800", " ", "é"].map((text) => text.repeat(1e5));
    const queries = ["a ", '"a a a a a a a a"', "配配配", "\\ud800", "aaaaaaaaaaaaaaaaaaaaaaaaaa", "é"];
    for (const query of queries) matching(lines, parse(query).words);
    for (const line of lines) termsOf(line);
    const { user, system } = process.cpuUsage();
    tell((user + system) / 1000);
    """
    assert javascript(tmp_path, program) < 5000, "of the processor: a busy machine is no fault"
