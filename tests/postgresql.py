"""A real PostgreSQL for tests and benchmarks, reached through a socket in its own folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class PostgresqlMissingError(Exception):
    """PostgreSQL's programs are not installed, or do not run here."""


@contextmanager
def postgresql_server() -> Iterator[str]:
    """URL of an empty PostgreSQL that lives as long as the block. Raises PostgresqlMissingError."""
    programs, folder, user = _programs(), Path(tempfile.mkdtemp(prefix="aisle-pg-")), _server_user()
    if user is not None:
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *arguments]
        done = subprocess.run(command, user=user, cwd=folder, capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise PostgresqlMissingError(f"{program} failed: {done.stderr.strip()[-300:]}")

    try:
        run("initdb", "-U", "aisle", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=150"
        run("pg_ctl", "start", "-w", "-o", options, "-l", str(folder / "log"))
        try:
            yield f"postgresql://aisle@/postgres?host={folder}"
        finally:
            run("pg_ctl", "stop", "-w", "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not folders or not (folders[-1] / "initdb").exists():
        raise PostgresqlMissingError("PostgreSQL's initdb is not installed")
    return folders[-1]


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root: another user is taken where the tests do."""
    if os.getuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
