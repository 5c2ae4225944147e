"""Feeds that are looked at again and again: a file, a folder of pages, or a URL."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import httpx2

from retrieval.errors import FeedError
from retrieval.feeds.unpacked import LARGEST, FeedTooLarge, check_unpacked

_SETTLED_SECONDS = 1.0
_MOST_SETTLING = 30
_LONGEST_DOWNLOAD = 600.0
_TIMEOUT = httpx2.Timeout(30.0, read=60.0)
_MOST_REDIRECTS = 5
_LONGEST_REST = 86_400.0


class FetchError(FeedError):
    """A feed could not be fetched. `rest` is how many seconds the server asks to be left alone, 0 if it does not say."""

    def __init__(self, message: str, rest: float = 0.0) -> None:
        super().__init__(message, "Check its address, and that it can be reached from here.")
        self.rest = rest


class Feed(Protocol):
    """Where records come from. `path` is a file or folder with its latest content, `name` what to call it in a log."""

    name: str
    path: Path

    def fetch(self) -> bool:
        """Bring the latest content to `path`; False if it is what `settle` was told of. Raises FetchError."""
        ...

    def settle(self) -> None:
        """Take the content of the last `fetch` as dealt with."""
        ...


class FileFeed:
    """A file or folder on this machine, which is new when its size or time of change is."""

    def __init__(self, path: Path, files_in: Callable[[Path], Sequence[Path]] = lambda path: (path,)) -> None:
        self.name = str(path)
        self.path = path
        self._files_in = files_in
        self._seen: tuple[object, ...] = ()
        self._settled: tuple[object, ...] = ()

    def fetch(self) -> bool:
        """See whether it has changed, once nobody is writing to it any more. Raises FetchError."""
        self._seen = self._stamp()
        if self._seen == self._settled:
            return False
        for _ in range(_MOST_SETTLING):
            time.sleep(_SETTLED_SECONDS)
            before, self._seen = self._seen, self._stamp()
            if before == self._seen:
                return True
        raise FetchError(f"{self.name} has been written to for {_MOST_SETTLING} seconds.")

    def settle(self) -> None:
        """Take what was seen last as dealt with."""
        self._settled = self._seen

    def _stamp(self) -> tuple[object, ...]:
        try:
            stats = [(file, file.stat()) for file in self._files_in(self.path)]
        except OSError as error:
            raise FetchError(f"{self.name} cannot be read: {error.strerror}.") from error
        except FeedError as error:
            raise FetchError(error.message) from error
        return tuple((str(file), stat.st_mtime_ns, stat.st_size, stat.st_ino) for file, stat in stats)


class WebFeed:
    """A feed at `url`, downloaded into `folder`. A server that knows ETag or Last-Modified sends it only when it is new."""

    def __init__(self, url: str, folder: Path, client: httpx2.Client) -> None:
        self.name = shown_url(url)
        self.path = folder / hashlib.sha256(url.encode()).hexdigest()[:12]
        self._url = url
        self._client = client
        self._seen: tuple[dict[str, str], str] = ({}, "")
        self._settled: tuple[dict[str, str], str] = ({}, "")

    def fetch(self) -> bool:
        """Download it, unless the server says that it is the one of before. Raises FetchError."""
        conditions, digest = self._settled
        try:
            with self._client.stream("GET", self._url, headers=conditions) as response:
                if response.status_code == 304:
                    self._seen = self._settled
                    return False
                if response.status_code != 200:
                    raise FetchError(
                        f"{self.name} answers with status {response.status_code}.",
                        _rest(response.headers.get("retry-after", "")),
                    )
                found = self._download(response)
                self._seen = (_conditions(response.headers), found)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise FetchError(f"{self.name} cannot be fetched: {str(error) or type(error).__name__}.") from error
        except OSError as error:
            raise FetchError(f"{self.name} cannot be stored: {error.strerror}.") from error
        except FeedTooLarge as error:
            raise FetchError(f"{self.name}: {error.message}") from error
        return found != digest

    def settle(self) -> None:
        """Ask the server from now on only for what is newer than the last download."""
        self._settled = self._seen

    def _download(self, response: httpx2.Response) -> str:
        """Write the body to `path`; its hash."""
        digest, size, deadline = hashlib.sha256(), 0, time.monotonic() + _LONGEST_DOWNLOAD
        draft = self.path.with_suffix(".part")
        with draft.open("wb") as file:
            for block in response.iter_bytes():
                size += len(block)
                if size > LARGEST:
                    raise FeedTooLarge(f"it is larger than {LARGEST:,} bytes.")
                if time.monotonic() > deadline:
                    raise FetchError(f"{self.name} takes longer than {_LONGEST_DOWNLOAD:.0f} seconds.")
                digest.update(block)
                file.write(block)
        check_unpacked(draft)
        draft.replace(self.path)
        return digest.hexdigest()


def open_client() -> httpx2.Client:
    """A client for feeds: patient, with few redirects."""
    headers = {"User-Agent": "Aisle", "Accept-Encoding": "gzip, deflate"}
    return httpx2.Client(timeout=_TIMEOUT, follow_redirects=True, max_redirects=_MOST_REDIRECTS, headers=headers)


def is_url(source: str) -> bool:
    """Whether `source` is a URL that can be fetched rather than a path."""
    return source.lower().startswith(("http://", "https://"))


def shown_url(url: str) -> str:
    """`url` without what may be secret: name and password, query and fragment."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def named(fault: str, feeds: Sequence[Feed]) -> str:
    """`fault` with the names of `feeds` in place of the files to which they were downloaded."""
    for feed in feeds:
        fault = fault.replace(str(feed.path), feed.name)
    return fault


def _conditions(headers: httpx2.Headers) -> dict[str, str]:
    """Headers that ask for what is newer than the response with `headers`."""
    pairs = (("etag", "If-None-Match"), ("last-modified", "If-Modified-Since"))
    return {condition: headers[name] for name, condition in pairs if name in headers}


def _rest(retry_after: str) -> float:
    """Seconds that a Retry-After header asks for; at most a day, 0 for one that cannot be read."""
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return 0.0
    return min(max(seconds, 0.0), _LONGEST_REST)
