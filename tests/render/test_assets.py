from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from castsite.artifact import Order
from castsite.errors import ConfigError
from castsite.render.assets import PLAYER_SCRIPT, PLAYER_STYLE, Assets, make_assets, shipped_files


def made(**files: str) -> Assets:
    """`css__site_css="…"` for `css/site.css`."""
    return make_assets({name.replace("__", "/").replace("_", "."): text.encode() for name, text in files.items()})


def body(assets: Assets, name: str) -> str:
    return assets.find(name).body.decode()


def test_name_holds_the_first_ten_digits_of_the_digest_of_its_bytes() -> None:
    assets = made(css__site_css="a{}", js__site_js="1", LICENSE="x")
    for asset in assets.files:
        match = re.fullmatch(r"assets/(.+)\.([0-9a-f]{10})(\.\w+)", asset.path)
        assert match is not None
        assert match[2] == hashlib.sha256(asset.body).hexdigest()[:10]
    assert [re.sub(r"\.[0-9a-f]{10}", "", asset.path) for asset in assets.files] == [
        "assets/LICENSE.txt",
        "assets/css/site.css",
        "assets/js/site.js",
    ]


def test_style_sheet_refers_to_the_hashed_names_of_its_parts() -> None:
    sheet = """@import "base.css";
    a { src: url("../fonts/a.woff2") format("woff2"), url( ../fonts/a.woff2 ), url('b.svg#i?') }"""
    assets = made(css__site_css=sheet, css__base_css="b{}", fonts__a_woff2="font", css__b_svg="<svg/>")
    font, base, icon = (assets.path(name) for name in ("fonts/a.woff2", "css/base.css", "css/b.svg"))
    written = body(assets, "css/site.css")
    assert written.count(f"../{font.removeprefix('assets/')}") == 2
    assert f'@import "{base.removeprefix("assets/css/")}"' in written
    assert f"url('{icon.removeprefix('assets/css/')}#i?')" in written
    assert assets.problems == ()


def test_module_imports_the_hashed_names_of_its_parts() -> None:
    module = (
        'import { a } from "./a.js";\nimport "../x/b.mjs";\nexport { c } from \'./a.js\';\n'
        'const d = await import("./a.js");\nimport{e}from"./a.js";\n'
    )
    assets = made(js__site_js=module, js__a_js="1", x__b_mjs="2")
    a, b = (Path(assets.path(name)).name for name in ("js/a.js", "x/b.mjs"))
    assert body(assets, "js/site.js") == module.replace("./a.js", f"./{a}").replace("../x/b.mjs", f"../x/{b}")


@pytest.mark.parametrize("quotes", ['"', "'"])
def test_scripts_of_others_keep_their_comments_and_refer_to_the_hashed_names(quotes: str) -> None:
    script = "// kept\nimport{a}from'../js/a.js'".replace("'", quotes)
    assets = made(x__v_js=script, x__w_js="// kept\nb()", js__a_js="1")
    assert body(assets, "x/v.js") == script.replace("a.js", Path(assets.path("js/a.js")).name)
    assert body(assets, "x/w.js") == "// kept\nb()"


def test_change_of_a_part_changes_the_name_of_all_that_refer_to_it() -> None:
    files = {"css__site_css": '@import "a.css";', "css__a_css": "@import 'b.css';", "css__other_css": "x{}"}
    before, after = made(**files, css__b_css="1"), made(**files, css__b_css="2")
    changed = {a.name for a, b in zip(before.files, after.files, strict=True) if a.path != b.path}
    assert changed == {"css/site.css", "css/a.css", "css/b.css"}


def test_references_in_comments_and_strings_and_to_other_places_stay() -> None:
    module = """let a; // import "./gone.js"
    /** @param {import("./gone.js").T} x */ let b;
    const s = 'from "./gone.js"', t = `import "./gone.js"`;
    import "https://example.org/x.js"; import "bare"; const url = "https://a.example/"; import "./real.js";"""
    sheet = """/*! url(gone.png) */
a { b: url(data:image/png;base64,AA==); c: url("https://x.example/a.png"); d: url(#e); f: url(/g) }"""
    assets = made(js__m_js=module, js__real_js="1", css__s_css=sheet)
    assert assets.problems == ()
    assert body(assets, "js/m.js") == module.replace("./real.js", f"./{Path(assets.path('js/real.js')).name}")
    assert body(assets, "css/s.css") == sheet


def test_types_and_comments_on_lines_of_their_own_are_left_out_of_scripts_and_nothing_else() -> None:
    script = """/** About it,
 * at length. */
  // aside
/*! Licence */
const a = "// no" + `
// nor this
`; // kept
/* kept */ b();
const c = /** @type {{a: string}} */ (b), d = (/** @type {Event} */ { target }) => "/** @type {x} */ ";
const e = a/** @type {n} */(c);
export { a };
"""
    written = body(made(js__site_js=script, css__site_css="/* kept */"), "js/site.js")
    assert written.splitlines() == [
        "",
        "",
        "  ",
        "/*! Licence */",
        'const a = "// no" + `',
        "// nor this",
        "`; // kept",
        "/* kept */ b();",
        'const c =  (b), d = ( { target }) => "/** @type {x} */ ";',
        "const e = a/** @type {n} */(c);",
        "export { a };",
    ]


def test_comments_and_indentation_are_left_out_of_style_sheets_and_nothing_else() -> None:
    sheet = """/*! Licence */
/* What it
   is for. */
@layer base {
  a::before { content: "/* kept */  it's"; } /* aside */
  b { c:/* between */d } /* and */ e { f: g } /* last */
}
"""
    written = body(made(css__site_css=sheet), "css/site.css")
    assert written.splitlines() == [
        "/*! Licence */",
        "",
        "",
        "@layer base {",
        'a::before { content: "/* kept */  it\'s"; }',
        "b { c: d }   e { f: g }",
        "}",
    ]
    assert body(made(other__site_css=sheet), "other/site.css") == sheet, "what others wrote"


def test_missing_target_is_a_warning_at_its_line_and_the_reference_stays() -> None:
    assets = make_assets(
        {"css/site.css": b"a{}\n\nb { c: url(../img/gone.png) }"}, {"css/site.css": "themes/own/css/site.css"}
    )
    (problem,) = assets.problems
    assert str(problem) == (
        'warning: themes/own/css/site.css:3: missing-asset: "../img/gone.png" is not among the files of the theme'
    )
    assert "url(../img/gone.png)" in body(assets, "css/site.css")


def test_reference_cannot_leave_the_files_of_the_theme() -> None:
    assets = made(css__site_css="a { b: url(../../../etc/passwd) }")
    assert [problem.code for problem in assets.problems] == ["missing-asset"]


def test_circle_of_modules_is_refused_with_its_members() -> None:
    with pytest.raises(ConfigError, match=re.escape("js/a.js → js/b.js → js/a.js")):
        made(js__a_js='import "./b.js"', js__b_js='import "./a.js"')


def test_file_that_is_not_utf8_keeps_its_bytes() -> None:
    assets = make_assets({"css/x.css": b"\xff url(gone)"})
    assert assets.files[0].body == b"\xff url(gone)"
    assert [problem.code for problem in assets.problems] == ["asset-encoding"]


def test_order_of_the_files_changes_nothing() -> None:
    files = {"css/a.css": b"@import 'b.css'", "css/b.css": b"1", "js/c.js": b"2"}
    assert make_assets(files) == make_assets(dict(reversed(files.items())))


def test_unknown_asset_is_answered_with_a_near_name() -> None:
    with pytest.raises(ConfigError, match=re.escape('"css/sit.css", did you mean "css/site.css"?')):
        made(css__site_css="").find("css/sit.css")


def test_artifacts_are_published_first_and_hold_the_final_bytes() -> None:
    assets = made(css__site_css="@import 'a.css'", css__a_css="x")
    assert [(artifact.path, artifact.order, artifact.body()) for artifact in assets.artifacts()] == [
        (asset.path, Order.ASSET, asset.body) for asset in assets.files
    ]


def test_J07_player_is_published_byte_for_byte_with_its_licence() -> None:
    shipped = shipped_files()
    assets = make_assets(shipped)
    for name in (PLAYER_SCRIPT, PLAYER_STYLE, "player/LICENSE", "fonts/jetbrains-mono-LICENSE.txt"):
        assert assets.find(name).body == shipped[name]
    assert hashlib.sha256(shipped[PLAYER_SCRIPT]).hexdigest().startswith("a13c37632e")
    digest = hashlib.sha384(shipped[PLAYER_SCRIPT]).digest()
    assert assets.find(PLAYER_SCRIPT).integrity == f"sha384-{base64.b64encode(digest).decode()}"


def test_installation_without_the_player_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="install castsite again"):
        shipped_files(tmp_path)
