"""Views that read everything: worked out once for each state of the archive, then held.

A connection finds the answer as a temporary table of the view's own name.
"""

from threading import Lock
from typing import Any

# Views of which one row asks for all: whether each may be chance hangs on the others.
VIEWS = ("phrase_substitutions",)


class Standing:
    """What the views answer, for all connections to one archive.

    ``own`` is a connection that nothing else uses, and any thread may. Connections are known
    by what they are to Python, so that none may be let go while this lasts.
    """

    def __init__(self, own: Any) -> None:
        self.own = own
        self.lock = Lock()
        self.version = -1
        self.held: dict[str, tuple[list[str], list[Any]]] = {}
        self.filled: dict[int, int] = {}

    def show(self, connection: Any) -> None:
        """See to it that a connection finds what the views answer at this moment."""
        with self.lock:
            self._work_out()
            if self.filled.get(id(connection)) == self.version:
                return
            with connection:
                for view, (columns, rows) in self.held.items():
                    _fill(connection, view, columns, rows)
            self.filled[id(connection)] = self.version

    def _work_out(self) -> None:
        # It changes with every commit of another connection.
        version = self._asked("PRAGMA data_version")[1][0][0]
        if version != self.version:
            self.held = {view: self._asked(f"SELECT * FROM {view}") for view in VIEWS}
            self.version = version

    def _asked(self, sql: str) -> tuple[list[str], list[Any]]:
        cursor = self.own.execute(sql)
        return [column[0] for column in cursor.description], cursor.fetchall()


def _fill(connection: Any, view: str, columns: list[str], rows: list[Any]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    connection.execute(f"DROP TABLE IF EXISTS temp.{view}")
    connection.execute(f"CREATE TEMPORARY TABLE {view} ({names})")
    marks = ", ".join("?" * len(columns))
    connection.executemany(f"INSERT INTO temp.{view} VALUES ({marks})", rows)


def asks(sql: str) -> bool:
    """Whether a query names one of the views."""
    return any(view in sql for view in VIEWS)
