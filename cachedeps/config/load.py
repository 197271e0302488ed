"""Finds, reads and checks a declaration file."""

from __future__ import annotations

import gc
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from cachedeps.config.build import build
from cachedeps.config.digest import digest_of
from cachedeps.config.locate import Lines
from cachedeps.config.problems import Problem, Problems
from cachedeps.config.shape import read_shape
from cachedeps.domain.finding import Finding
from cachedeps.domain.model import Declaration
from cachedeps.errors import DeclarationError

FILE_NAME = "cachedeps.toml"

_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_BYTE_ORDER_MARK = "\ufeff"
# rules that may complain only because the value of one of these keys was taken out as wrong,
# in the same cache or window (four keys deep) or among those of the same table (three)
_CONSEQUENCES: dict[str, tuple[int, frozenset[str | int]]] = {
    "missing-via": (4, frozenset({"depends_on"})),
    "bad-stamp": (4, frozenset({"depends_on", "stamp", "version"})),
    "mark-without-stamp": (4, frozenset({"stamp", "computed_at"})),
    "overlapping-rows": (3, frozenset({"rows", "column"})),
    "bad-window": (4, frozenset({"low", "high", "sequence", "test"})),
    "overlapping-windows": (3, frozenset({"low", "high", "test"})),
}


def find(start: Path) -> Path:
    """The declaration file in ``start`` or the nearest folder above it.

    Raises:
        DeclarationError: there is none.
    """
    folder = start.resolve()
    for place in (folder, *folder.parents):
        if (place / FILE_NAME).is_file():
            return place / FILE_NAME
    message = f"there is no {FILE_NAME} in {folder} or in a folder above it"
    hint = "write one with: cachedeps init --url URL; or name one with --config FILE"
    raise DeclarationError(message, hint=hint)


def load(path: Path, *, environ: Mapping[str, str]) -> Declaration:
    """Reads one declaration file.

    Args:
        path: the file.
        environ: where ``env:NAME`` is looked up, for the dialect only; a variable that is not
            set is no problem before the database is needed.

    Raises:
        DeclarationError: with every problem of the file at once; ``problems`` holds them as
            findings, each with file, line and key.
    """
    text = _read(path)
    with _no_garbage_collection():
        raw = _parse(text, path)
        problems = Problems()
        document = read_shape(raw, problems)
        shape = tuple(problems.found)
        declaration = build(document, environ, problems)
        if problems.found:
            problems.found = [p for p in problems.found if p in shape or not _follows(p, shape)]
            raise _declaration_error(path, problems.findings(path.name, Lines(text).of))
        return replace(declaration, path=str(path), digest=digest_of(declaration))


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Large files make many objects and no garbage; looking for it takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
    except FileNotFoundError:
        message = f"there is no file {path}"
        hint = "write one with: cachedeps init --url URL"
        raise _unreadable(path, message, hint) from None
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror or error}"
        raise _unreadable(path, message, "name a readable file with --config FILE") from None
    except UnicodeDecodeError as error:
        message = (
            f"{path} is not UTF-8: byte {error.start + 1} is {error.object[error.start]:#04x}"
        )
        raise _unreadable(path, message, "save it as UTF-8") from None


def _unreadable(path: Path, message: str, hint: str) -> DeclarationError:
    finding = Finding("unreadable-file", path.name, message, hint)
    return DeclarationError(message, hint=hint, problems=(finding,))


def _parse(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = _LINE.search(str(error))
        line = int(match[1]) if match else text.count("\n") + 1
        what = _LINE.sub("", str(error)).replace("(at end of document)", "at the end of the file")
    except RecursionError:
        line, what = 1, "Values are nested too deeply"
    finding = Finding("toml-syntax", f"{path.name}:{line}", what.strip(), "see https://toml.io")
    raise _declaration_error(path, (finding,))


def _follows(problem: Problem, shape: tuple[Problem, ...]) -> bool:
    """Whether a problem may come only from what the shape complained about already."""
    depth, causes = _CONSEQUENCES.get(problem.rule, (0, frozenset()))
    near = problem.place[:depth]
    return any(
        not causes.isdisjoint(s.place) and (s.place[:depth] == near or s.place[0] == "upstreams")
        for s in shape
    )


def _declaration_error(path: Path, findings: tuple[Finding, ...]) -> DeclarationError:
    count = "one problem" if len(findings) == 1 else f"{len(findings)} problems"
    lines = [f"{path} has {count}:"]
    for finding in findings:
        fix = "" if not finding.fix or finding.fix in finding.message else f" ({finding.fix})"
        lines.append(f"{finding.where}: {finding.rule}: {finding.message}{fix}")
    hint = "correct the file; docs/declaration.md explains every key"
    return DeclarationError("\n".join(lines), hint=hint, problems=findings)
