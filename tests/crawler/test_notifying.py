"""Findings sent: to a real mail server and a real hook, each once, whatever fails or is killed."""

import os
import random
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from receiving import Hook, Mailbox, free_port
from support import SimulatedClock, Site, docs, listing, page

from crawler.cli import main
from crawler.config import load
from crawler.running import run
from snapshots.archive import Archive

REWORDED = str(Path(sys.executable).with_name("reworded"))
CONFIG = """
[archive]
path = "archive.sqlite"
[crawler]
delay_s = 0
timeout_s = 5
retries = 0
allow_private = ["127.0.0.1"]
[source.sheets]
url = "{url}/sheets"
read = "page"
[source.library]
url = "{url}/library"
read = "listing"
[source.library.recipe]
item = "li.doc"
"""
ALIENS = page("Removable aliens were held here.", "Fees are due in May.")
NONCITIZENS = page("Removable noncitizens were held here.", "Fees are due in May.")
HELD = page("Removable noncitizens were held here.", "Fees are due in June.")


@dataclass
class Desk:
    """A configuration whose findings are sent to somebody, and runs a day apart."""

    config: Path
    site: Site
    clock: SimulatedClock = field(default_factory=SimulatedClock)

    def sends_to(self, *tables: str) -> None:
        text = "\n".join([CONFIG.format(url=self.site.url), *tables])
        self.config.write_text(text, "utf-8")

    def run(self) -> int:
        self.clock.at += timedelta(days=1)
        return run(load(self.config), (), clock=self.clock)

    def type(self, *words: str) -> int:
        return main(["--config", str(self.config), *words])

    def apart(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [REWORDED, "--config", str(self.config), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def bytes_kept(self) -> bytes:
        return b"".join(each.read_bytes() for each in self.config.parent.glob("archive.sqlite*"))


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as receiving:
        yield receiving


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as receiving:
        yield receiving


@pytest.fixture
def desk(tmp_path: Path, site: Site) -> Desk:
    site["/sheets"], site["/library"] = ALIENS, listing(*docs(0, 1, 2))
    desk = Desk(tmp_path / "config.toml", site)
    desk.sends_to()
    return desk


def to(name: str, url: str, *rules: str) -> str:
    return "\n".join([f"[notify.{name}]", f'url = "{url}"', *rules])


# Once.


def test_a_finding_arrives_once_at_a_mailbox_and_at_a_hook(
    desk: Desk, mailbox: Mailbox, hook: Hook
) -> None:
    desk.sends_to(to("mail", mailbox.url), to("chat", hook.url))
    desk.run()
    desk.site["/sheets"] = NONCITIZENS

    codes = [desk.run(), desk.run(), desk.run(), desk.type("notify")]

    assert codes == [0, 0, 0, 0]
    (mail,), (post,) = mailbox.messages, hook.taken
    assert mail["To"] == "desk@example.org"
    assert mail["Message-ID"].endswith("@example.org>")
    assert mail["Subject"].startswith("Reworded: 1 change in 1 source, ")
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "[-aliens-]{+noncitizens+}" in plain.get_content()
    assert ">noncitizens</ins>" in html.get_content()
    assert post.title == mail["Subject"]
    assert "[-aliens-]{+noncitizens+}" in post.message
    assert len(hook.posts) == 1


def test_one_run_sends_one_message_whatever_it_finds(desk: Desk, hook: Hook) -> None:
    desk.sends_to(to("chat", hook.url))
    desk.run()
    desk.site["/sheets"], desk.site["/library"] = NONCITIZENS, listing(*docs(0, 1, 2, 3))

    desk.run()

    assert [post.title.partition(",")[0] for post in hook.taken] == [
        "Reworded: 2 changes in 2 sources"
    ]


def test_each_finding_is_sent_by_the_run_that_found_it(desk: Desk, hook: Hook) -> None:
    desk.sends_to(to("chat", hook.url))
    for answer in (ALIENS, NONCITIZENS, HELD):
        desk.site["/sheets"] = answer
        desk.run()

    first, second = (post.message for post in hook.taken)
    assert "[-aliens-]{+noncitizens+}" in first
    assert "[-May-]{+June+}" in second
    assert "noncitizens+}" not in second


def test_what_was_found_before_a_destination_was_named_is_no_news_to_it(
    desk: Desk, hook: Hook
) -> None:
    desk.run()
    desk.site["/sheets"] = NONCITIZENS
    desk.run()
    desk.sends_to(to("chat", hook.url))

    desk.run()
    desk.type("notify")

    assert hook.posts == []


def test_a_destination_named_just_before_a_run_hears_what_it_finds(desk: Desk, hook: Hook) -> None:
    desk.run()
    desk.sends_to(to("chat", hook.url))
    desk.site["/sheets"] = NONCITIZENS

    desk.run()

    assert len(hook.taken) == 1


def test_history_that_is_read_anew_or_imported_is_no_news(
    desk: Desk, hook: Hook, tmp_path: Path
) -> None:
    desk.sends_to(to("chat", hook.url))
    desk.run()
    desk.site["/sheets"] = NONCITIZENS
    desk.run()
    (tmp_path / "old.html").write_bytes(page("Removable persons were held.").body)

    desk.type("import", str(tmp_path / "old.html"), "--source", "sheets", "--at", "2018-01-03")
    desk.sends_to(to("chat", hook.url), '[source.sheets.recipe]\nignore = [".none"]')
    codes = [desk.run(), desk.type("notify")]

    assert codes == [0, 0]
    assert len(hook.posts) == 1


def test_what_a_person_accepts_is_news(desk: Desk, hook: Hook) -> None:
    desk.sends_to(to("chat", hook.url))
    desk.site["/library"] = listing(*docs(*range(12)))
    desk.run()
    desk.site["/library"] = listing(*docs(0))
    desk.run()
    assert hook.posts == []

    code = desk.type("accept", "library")

    assert code == 0
    assert "11 removed" in hook.taken[0].message


# Failures.


def test_what_nobody_took_is_told_and_sent_once_by_the_next_run(
    desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    desk.sends_to(to("mail", f"mailto://127.0.0.1:{port}?from=a@example.org&to=b@example.org"))
    desk.run()
    desk.site["/sheets"] = NONCITIZENS
    capfd.readouterr()

    assert desk.run() == 1
    told = capfd.readouterr().err
    assert "[notify.mail] no connection, or no answer; 1 change not sent there: kept" in told
    assert desk.type("status") == 1
    status = capfd.readouterr().err
    assert "[notify.mail] 1 change not sent: no connection, or no answer (1 time, last" in status
    desk.type("doctor")
    assert "warn  notify: [notify.mail] 1 change not sent" in capfd.readouterr().out

    with Mailbox() as mailbox:
        desk.sends_to(to("mail", mailbox.url))
        codes = [desk.run(), desk.run()]

    assert codes == [0, 0]
    assert len(mailbox.messages) == 1


def test_a_hook_that_fails_at_first_is_asked_again_in_the_same_run(desk: Desk, hook: Hook) -> None:
    desk.sends_to(to("chat", hook.url))
    desk.run()
    desk.site["/sheets"], hook.answers = NONCITIZENS, [500, 503]

    assert desk.run() == 0

    assert len(hook.taken) == 1
    assert len(hook.posts) == 3
    assert len({post.key for post in hook.posts}) == 1
    assert [wait for wait in desk.clock.waits if wait >= 1] == [1.0, 4.0]


def test_a_message_that_was_not_taken_is_sent_as_it_was_and_new_findings_after_it(
    desk: Desk, hook: Hook, capfd: pytest.CaptureFixture[str]
) -> None:
    desk.sends_to(to("chat", hook.url))
    desk.run()
    desk.site["/sheets"], hook.answers = NONCITIZENS, [500] * 3
    assert desk.run() == 1
    assert "[notify.chat] it answered 500" in capfd.readouterr().err
    desk.site["/sheets"] = HELD

    assert desk.run() == 0

    assert len({post.key for post in hook.posts[:4]}) == 1
    first, second = hook.taken
    assert "[-aliens-]{+noncitizens+}" in first.message
    assert "[-May-]{+June+}" in second.message
    assert first.key != second.key


def test_a_destination_that_fails_keeps_nothing_from_another(desk: Desk, hook: Hook) -> None:
    dead = f"json://127.0.0.1:{free_port()}/"
    desk.sends_to(to("dead", dead), to("chat", hook.url))
    desk.run()
    desk.site["/sheets"] = NONCITIZENS

    assert desk.run() == 1

    assert len(hook.taken) == 1


def test_a_mail_server_that_refuses_for_now_is_asked_again(desk: Desk, mailbox: Mailbox) -> None:
    desk.sends_to(to("mail", mailbox.url))
    desk.run()
    desk.site["/sheets"], mailbox.replies = NONCITIZENS, ["451 later", "554 never"]

    assert desk.run() == 0

    assert len(mailbox.messages) == 1


def test_a_run_that_finds_nothing_due_still_sends_what_waits(desk: Desk, hook: Hook) -> None:
    desk.sends_to(to("chat", hook.url))
    desk.run()
    desk.site["/sheets"], hook.answers = NONCITIZENS, [500] * 3
    desk.run()

    assert run(load(desk.config), (), clock=desk.clock) == 0

    assert len(hook.taken) == 1


def test_a_program_killed_between_sending_and_keeping_that_sends_the_same_message_again(
    desk: Desk, hook: Hook
) -> None:
    desk.sends_to(to("chat", hook.url))
    desk.run()
    desk.site["/sheets"] = NONCITIZENS
    hook.answers = [500] * 3
    desk.run()
    hook.posts.clear()
    killed = desk.apart("notify")
    # It has been taken, and before the program can know it the program is gone.
    hook.before = lambda: os.kill(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=30)
    hook.before = lambda: None

    with desk.apart("notify") as again:
        again.communicate(timeout=30)
    with desk.apart("notify") as quiet:
        quiet.communicate(timeout=30)

    assert killed.returncode == -signal.SIGKILL
    assert (again.returncode, quiet.returncode) == (0, 0)
    assert len(hook.posts) == 2
    # A receiver that knows a name it has seen has it once.
    assert len({post.key for post in hook.posts}) == 1


def test_a_program_killed_before_it_sends_loses_nothing(desk: Desk, hook: Hook) -> None:
    desk.sends_to(to("chat", hook.url))
    desk.run()
    desk.site["/sheets"] = NONCITIZENS
    desk.clock.at += timedelta(days=1)
    config = load(desk.config)
    with Archive.to_write(config.archive) as archive:
        archive.outbox.begin("chat", desk.clock.now())
    # A run that visited and was killed before it came to sending.
    bare = load(desk.config.with_name("config.toml"))
    run(
        type(bare)(**{**{n: getattr(bare, n) for n in bare.__slots__}, "notify": {}}),
        (),
        clock=desk.clock,
    )

    assert desk.run() == 0

    assert len(hook.taken) == 1


# Rules.


@pytest.mark.parametrize(
    ("rule", "sent"),
    [
        ('sources = ["sheets"]', ["sheets"]),
        ('sources = ["library"]', ["library"]),
        ('kinds = ["added"]', ["library"]),
        ('kinds = ["removed"]', []),
        ('terms = ["Alien"]', ["sheets"]),
        ('terms = ["illegal alien"]', []),
        ("importance = 25", ["sheets"]),
        ("importance = 99", []),
        ('kinds = ["changed"]\nsources = ["library"]', []),
    ],
)
def test_only_what_all_rules_ask_for_is_sent(
    desk: Desk, hook: Hook, rule: str, sent: list[str]
) -> None:
    desk.sends_to(to("chat", hook.url, rule))
    desk.run()
    desk.site["/sheets"], desk.site["/library"] = NONCITIZENS, listing(*docs(0, 1, 2, 3))

    desk.run()

    found = [
        name for name in ("sheets", "library") for p in hook.taken if f" {name}: " in p.message
    ]
    assert found == sent


def test_a_digest_gathers_until_its_time(desk: Desk, hook: Hook) -> None:
    desk.sends_to(to("chat", hook.url, 'digest = "every 3 days"'))
    for answer in (ALIENS, NONCITIZENS, HELD):
        desk.site["/sheets"] = answer
        desk.run()
    assert hook.posts == []

    for _ in range(4):
        desk.run()

    assert [post.title.partition(",")[0] for post in hook.taken] == [
        "Reworded: 2 changes in 1 source"
    ]


def test_notify_sends_at_once_what_a_digest_still_gathers(desk: Desk, hook: Hook) -> None:
    desk.sends_to(to("chat", hook.url, 'digest = "weekly"'))
    desk.run()
    desk.site["/sheets"] = NONCITIZENS
    desk.run()

    assert desk.type("notify") == 0

    assert len(hook.taken) == 1


# Secrets.


def test_a_secret_comes_from_the_environment_and_is_kept_nowhere(
    desk: Desk, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    password = "s3cr%et/p@ss w:rd"
    monkeypatch.setenv("MAIL_PASSWORD", password)
    with Mailbox(password) as mailbox:
        url = mailbox.url.replace("://", "://desk:${MAIL_PASSWORD}@")
        desk.sends_to(to("mail", url))
        desk.run()
        desk.site["/sheets"] = NONCITIZENS

        assert desk.run() == 0

        assert len(mailbox.messages) == 1
        monkeypatch.setenv("MAIL_PASSWORD", "n0t-it")
        desk.site["/sheets"] = HELD
        assert desk.run() == 1
    told = "".join(capfd.readouterr())
    assert "the mail server refused the user or the password" in told
    for secret in (password, "n0t-it", "s3cr"):
        assert secret not in told
        assert secret.encode() not in desk.bytes_kept


def test_a_missing_secret_is_named_and_keeps_no_source_from_being_visited(
    desk: Desk,
    hook: Hook,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("HOOK_URL", raising=False)
    desk.sends_to(to("chat", "${HOOK_URL}"))
    desk.run()
    desk.site["/sheets"] = NONCITIZENS

    assert desk.run() == 1
    told = capfd.readouterr()
    assert (
        "[notify.chat] url needs the environment variable HOOK_URL, which must be set" in told.err
    )
    assert "[-aliens-]{+noncitizens+}" in told.out
    assert desk.type("notify", "--test") == 2
    assert desk.type("doctor") == 1
    capfd.readouterr()

    monkeypatch.setenv("HOOK_URL", hook.url)
    assert desk.run() == 0
    assert len(hook.taken) == 1


def test_an_address_that_apprise_does_not_know_is_told_without_it(
    desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    desk.sends_to(to("chat", "nosuchthing://token-1234"))

    assert desk.type("notify", "--test") == 2

    told = "".join(capfd.readouterr())
    assert "[notify.chat] url is no address that Apprise can use" in told
    assert "token-1234" not in told


def test_an_address_of_several_receivers_is_refused(
    desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    desk.sends_to(to("mail", "mailto://127.0.0.1?from=a@x.org&to=b@x.org,c@x.org"))

    assert desk.type("notify", "--test") == 2

    assert "names 2 receivers; give each a table of its own" in capfd.readouterr().err


# Looking first.


def test_a_dry_run_shows_what_would_be_sent_and_sends_nothing(
    desk: Desk, hook: Hook, capfd: pytest.CaptureFixture[str]
) -> None:
    desk.sends_to(to("chat", hook.url, 'digest = "weekly"'))
    desk.run()
    desk.site["/sheets"] = NONCITIZENS
    desk.run()
    capfd.readouterr()

    codes = [desk.type("notify", "--dry-run"), desk.type("notify", "--dry-run", "chat")]

    told = capfd.readouterr().out
    assert codes == [0, 0]
    assert told.count("chat: 1 change to be sent") == 2
    assert "[-aliens-]{+noncitizens+}" in told
    assert hook.posts == []


def test_a_test_message_reaches_a_mailbox_and_a_hook(
    desk: Desk, mailbox: Mailbox, hook: Hook
) -> None:
    desk.sends_to(to("mail", mailbox.url), to("chat", hook.url))

    assert desk.type("notify", "--test") == 0

    assert [mail["Subject"] for mail in mailbox.messages] == ["Reworded: a test"]
    assert [post.title for post in hook.taken] == ["Reworded: a test"]


def test_nobody_to_send_to_is_told(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    assert desk.type("notify") == 2
    assert "there is no [notify.NAME] to send to; add one" in capfd.readouterr().err


def test_an_unknown_destination_is_told(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    desk.sends_to(to("chat", "json://127.0.0.1/"))

    assert desk.type("notify", "chats") == 2

    assert "there is no [notify.chats]; there are chat" in capfd.readouterr().err


# The daemon.


def test_a_watch_sends_what_it_finds_once(desk: Desk, hook: Hook) -> None:
    desk.sends_to(to("chat", hook.url))
    config = desk.config.read_text("utf-8")
    desk.config.write_text(
        config.replace('read = "page"', 'read = "page"\nschedule = "every 1 s"'), "utf-8"
    )
    desk.site["/sheets"] = [ALIENS, ALIENS, NONCITIZENS]

    with desk.apart("watch") as watching:
        with hook.news:
            assert hook.news.wait_for(lambda: hook.taken, 30)
        with desk.site.news:
            seen = len(desk.site.asked("/sheets"))
            assert desk.site.news.wait_for(lambda: len(desk.site.asked("/sheets")) > seen + 2, 30)
        watching.send_signal(signal.SIGTERM)
        watching.communicate(timeout=30)

    assert watching.returncode == 0
    assert len(hook.posts) == 1
    assert "[-aliens-]{+noncitizens+}" in hook.posts[0].message


def test_a_watch_that_is_stopped_while_it_sends_knows_what_was_taken(
    desk: Desk, hook: Hook
) -> None:
    desk.sends_to(to("chat", hook.url))
    desk.run()
    desk.site["/sheets"], hook.answers = NONCITIZENS, [500] * 3
    desk.run()
    hook.posts.clear()
    watching = desk.apart("watch")
    hook.before = lambda: watching.send_signal(signal.SIGTERM)

    watching.communicate(timeout=30)

    assert watching.returncode == 0
    assert desk.type("notify") == 0
    assert len(hook.posts) == len(hook.taken) == 1


def test_kills_at_any_moment_lose_no_finding_and_put_none_into_two_messages(
    desk: Desk, hook: Hook
) -> None:
    desk.sends_to(to("chat", hook.url))
    desk.run()
    moments = random.Random(1)
    for number in range(8):
        desk.site["/sheets"] = page(f"Words of day {number} were held.", "Fees are due in May.")
        hook.answers = moments.choices([200, 500], k=3)
        with desk.apart("run", "--all") as running:
            with suppress(subprocess.TimeoutExpired):
                running.wait(moments.uniform(0.2, 1.5))
            running.kill()
    hook.answers = []

    with desk.apart("run", "--all") as last:
        last.communicate(timeout=60)

    with Archive.to_read(load(desk.config).archive) as archive:
        found = {record.id for record in archive.knowledge.changes()}
        assert list(archive.problems()) == []
    told = {post.key: re.findall(r"^#(\d+) sheets", post.message, re.M) for post in hook.taken}
    numbers = [int(number) for each in told.values() for number in each]
    assert last.returncode == 0
    assert len(found) > 1
    assert sorted(numbers) == sorted(found)
