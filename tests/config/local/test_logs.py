from pathlib import Path

from config.local import logs

KILLED = (
    "2026-11-22 11:49:41.907 UTC [22327] LOG:  client backend (PID 22373) was terminated by signal 9: Killed"
)
REPLACED = (
    "[2026-11-22 11:32:30 +0000] [31485] [ERROR] Worker (pid:31486) was sent SIGKILL! Perhaps out of memory?"
)


def test_only_new_whole_lines_with_bad_news_are_told(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    news = logs.NewLines(log)
    assert news.bad_news() == []  # not there yet
    log.write_text(f"Listening\n{KILLED}\n{REPLACED[:40]}")
    assert news.bad_news() == [KILLED]
    with log.open("a") as file:
        file.write(f"{REPLACED[40:]}\nall server processes terminated; reinitializing\n")
    assert news.bad_news() == [REPLACED]
    assert news.bad_news() == []


def test_one_earlier_start_is_kept(tmp_path: Path) -> None:
    for words in ("first", "second", "third"):
        logs.rotate(tmp_path)
        (tmp_path / "web.log").write_text(words)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {
        "web.log": "third",
        "web.log.1": "second",
    }


def test_the_tail_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("".join(f"line {number}\n" for number in range(9999)))
    assert logs.tail(log, 2) == "line 9997\nline 9998"
    assert logs.tail(tmp_path / "none.log") == ""
