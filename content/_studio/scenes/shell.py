"""The section about the shell and its small tools."""

from __future__ import annotations

from scenes.scene import Reel
from typist import CTRL, ENTER, TAB, UP, Typist

REEL = Reel(timestamp=1783933200)  # 2026-07-13 09:00 UTC

SQLITE = r"sqlite> $"
MORE = r"\.\.\.> $"


@REEL.scene("shell/find-your-way", folder="recipes", props="recipes")
def find_your_way(p: Typist) -> None:
    """Look around, look into files, move them, and count what is in them."""
    p.run("pwd")
    p.run("ls -l", look=2.2)
    p.type("cat bre")
    p.keys(TAB, pause=0.4)
    p.enter()
    p.read(2.2)
    p.run("mkdir soups")
    p.run("mv *-soup.txt soups/", look=0.6)
    p.run("ls soups", look=1.6)
    p.run("grep -r butter .", look=2.4)
    p.run("grep -rhoE 'flour|butter|onion|salt' . | sort", look=2.0)
    p.keys(UP, pause=0.6)
    p.run(" | uniq -c | sort -rn", look=2.8)
    p.run("wc -l soups/* *.txt", look=2.6)
    p.run("cd soups", look=0.6)
    p.run("ls ..", look=2.0)
    p.run("cd -", look=1.8)


@REEL.scene(
    "shell/less",
    folder="logs",
    props="logs",
    version=3,
    front_matter="""
    title: Reading a long log with less
    description: >
      `less` shows one screen of a text at a time. Space goes on, `b` goes back, `G` jumps to the end and `g` to the
      beginning. `/ERROR` searches, `n` finds the next hit and `N` the one before; `&WARN` hides every line that does
      not match, and an empty `&` brings them back. `-N` numbers the lines while you look.
    tags: [less, logs, search]
    weight: 2
    poster: 0:15
    """,
)
def less(p: Typist) -> None:
    """Page, jump, search, filter."""
    p.run("wc -l server.log")
    p.start("less server.log", look=1.4)
    p.mark("Page by page")
    p.keys(" ", pause=1.0)
    p.keys(" ", pause=1.0)
    p.keys("b", pause=1.0)
    p.keys("G", pause=1.4)
    p.keys("g", pause=1.0)
    p.mark("Search")
    p.type("/ERROR")
    p.keys(ENTER, pause=1.8)
    p.keys("n", pause=1.6)
    p.keys("n", pause=1.6)
    p.keys("N", pause=1.2)
    p.mark("Show matching lines only")
    p.type("&WARN")
    p.keys(ENTER, pause=2.4)
    p.type("-N")
    p.keys(ENTER, pause=2.6)
    p.keys("&" + ENTER, pause=1.6)
    p.keys("q", pause=0.4)
    p.wait_for(r"\$ $")
    p.read(1.0)


@REEL.scene("shell/jq", folder="orders", props="orders", version=3, size=(96, 24), idle_limit=2.5)
def jq(p: Typist) -> None:
    """Turn one long line of JSON into a table."""
    p.run("head -c 240 orders.json; echo", look=2.2)
    p.run("jq '.[0]' orders.json", look=2.6)
    p.run("jq length orders.json", look=1.2)
    p.run("jq -c '.[] | {id, city, paid}' orders.json", look=2.4)
    p.run("jq -c '.[] | select(.paid | not) | .id' orders.json", look=2.0)
    p.run("jq -r '.[].city' orders.json | sort | uniq -c", look=2.0)
    total = "(.items | map(.qty * .price) | add)"
    p.run(f"jq -r '.[] | [.id, .city, {total}] | @tsv' orders.json | column -t", look=3.2)
    p.run("jq -c 'group_by(.city)[] | {city: .[0].city, orders: length}' orders.json", look=3.0)


@REEL.scene("shell/sqlite", folder="trips", props="trips", title="Two CSV files and one question", size=(80, 26))
def sqlite(p: Typist) -> None:
    """Import, join, group: a database without a server."""
    p.run("head -3 stations.csv trips.csv", look=2.4)
    p.run("sqlite3", look=1.2, until=SQLITE)
    p.run(".import --csv stations.csv stations", look=0.4, until=SQLITE)
    p.run(".import --csv trips.csv trips", look=0.6, until=SQLITE)
    p.run(".mode box", look=0.4, until=SQLITE)
    p.run("select name, height from stations order by height + 0 desc;", look=2.4, until=SQLITE)
    p.run("select a.name as start, b.name as finish,", look=0.2, until=MORE)
    p.run("  count(*) as trips, avg(minutes) as minutes", look=0.2, until=MORE)
    p.run("from trips join stations a on a.id = from_id", look=0.2, until=MORE)
    p.run("  join stations b on b.id = to_id", look=0.2, until=MORE)
    p.run("group by from_id, to_id order by minutes;", look=3.6, until=SQLITE)
    p.run("select sum(minutes) as total from trips;", look=2.2, until=SQLITE)
    p.keys(CTRL["d"], pause=0.3)
    p.wait_for(r"\$ $")
    p.read(0.8)
