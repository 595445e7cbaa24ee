from __future__ import annotations

import pytest
from gallery import command

from castsite.analysis.programs import MOST, programs


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("git rebase -i main", ("git", "git rebase")),
        ("sudo apt install jq", ("apt", "apt install")),
        ("LANG=C /usr/bin/sort -u x", ("sort",)),
        ("make && make test | tee log", ("make", "make test", "tee", "tee log")),
        ("cd /tmp; ls -la", ()),
        ("./run.sh", ("run.sh",)),
        ("x=1", ()),
        ("", ()),
        ("''", ()),
        ("grep -E 'a|onion' x | sort", ("grep", "sort")),
        ('git commit -m "say; why && when \\" ; not"', ("git", "git commit")),
        ("for x in a b\ndo\n  convert $x\ndone", ("convert",)),
        ("if ! make; then ninja; fi", ("make", "ninja")),
        ("cat <<'END' | jq .\nnone | such\nEND\nmake all", ("jq", "make", "make all")),
        ("cat <<END\nnever closed", ()),
        ("kubectl get pods\nkubectl get nodes", ("kubectl", "kubectl get")),
    ],
)
def test_programs_and_their_verbs_are_told(typed: str, found: tuple[str, ...]) -> None:
    assert programs([command(1, typed)]) == found


def test_what_was_typed_into_other_programs_is_none() -> None:
    assert programs([command(1, "select 1", kind="repl")]) == ()


def test_at_most_so_many_are_kept() -> None:
    assert len(programs([command(1, f"prog{chr(97 + at % 26)}{at} verb") for at in range(100)])) == MOST
