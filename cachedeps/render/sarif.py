"""What the guard says as SARIF 2.1.0, for code scanning.

Format: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0". Of its parts,
those are used that code scanning services read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from urllib.parse import quote

from cachedeps.domain.verdict import Objection, Ruling, Verdict
from cachedeps.render.documents import Document

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Ruling.REFUSE: "error", Ruling.REVIEW: "warning", Ruling.ALLOW: "none"}
# a service that does not know suppressions must not take what is excepted for an error
_WAIVED = "note"
_ONLY_REVIEWS = frozenset({"needs-preview"})
_KINDS = {"source": "inSource", "declaration": "external"}


def sarif_document(
    found: Sequence[tuple[str, Verdict]], pages: Mapping[str, str], version: str, folder: Path
) -> Document:
    """One run with every finding of every file.

    Args:
        found: files by name ("-" for stdin), with the verdict on each.
        pages: every rule's page as Markdown, by slug.
        version: that of cachedeps.
        folder: the absolute path of the working directory; files below it are named from there.
    """
    rules = list(pages)
    driver = {
        "name": "cachedeps guard",
        "version": version,
        "rules": [_rule(slug, page) for slug, page in pages.items()],
    }
    results = [
        _result(finding, _uri(name, folder), rules, _hit_of(finding, verdict))
        for name, verdict in found
        for finding in verdict.findings
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(slug: str, page: str) -> Document:
    paragraphs = [_plain(part) for part in page.split("\n\n")[1:] if not part.startswith("```")]
    full = paragraphs[0]
    return {
        "id": slug,
        "name": "".join(word.capitalize() for word in slug.split("-")),
        "shortDescription": {"text": re.split(r"(?<=\.)\s", full)[0]},
        "fullDescription": {"text": full},
        "help": {"text": _plain(page), "markdown": _unlinked(page)},
        "defaultConfiguration": {"level": "warning" if slug in _ONLY_REVIEWS else "error"},
    }


def _plain(markdown: str) -> str:
    """The words without emphasis and the targets of links."""
    return _unlinked(markdown).replace("**", "").strip()


def _unlinked(markdown: str) -> str:
    """The page without links: they lead to files that are not where it is shown."""
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown)


def _hit_of(finding: Objection, verdict: Verdict) -> str:
    """Whom the statement would have hit, where its rows were counted."""
    return next((hit.message for hit in verdict.hits if hit.line == finding.line), "")


def _result(finding: Objection, uri: str, rules: Sequence[str], hit: str) -> Document:
    text = "\n".join(part for part in (finding.message, hit) if part)
    if finding.suggestion:
        text += f"\nInstead: {finding.suggestion}"
    place = {"artifactLocation": {"uri": uri}, "region": {"startLine": finding.line}}
    result: Document = {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": _LEVELS[finding.ruling],
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }
    if finding.waived is not None:
        kind = _KINDS.get(finding.waived_in, "external")
        result["level"] = _WAIVED
        result["suppressions"] = [{"kind": kind, "justification": finding.waived}]
    return result


def _uri(name: str, folder: Path) -> str:
    """The file as seen from the folder; a file elsewhere by its whole path."""
    if name == "-":
        return "stdin"
    path = Path(_normal(folder / name))
    if path.is_relative_to(folder):
        return quote(path.relative_to(folder).as_posix())
    return path.as_uri()


def _normal(path: PurePath) -> str:
    """The path without ``.`` and ``..``; asks no file system."""
    parts: list[str] = []
    for part in path.parts:
        if part == ".." and len(parts) > 1:
            parts.pop()
        elif part != "..":
            parts.append(part)
    return str(PurePath(*parts))
