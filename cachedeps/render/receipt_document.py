"""The JSON documents of what was done: receipts, restores, the history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cachedeps.domain.outcome import Receipt, RestorePreview
from cachedeps.render.documents import Document, head, notices
from cachedeps.render.preview_document import owners_document

StillOld = Mapping[str, tuple[int, int]]


def receipt_document(
    command: str, receipt: Receipt, still_old: StillOld | None = None
) -> Document:
    """A receipt; one of a restore also says what was put back and what was left alone."""
    document: Document = {
        **head(command),
        "receipt": receipt.id,
        "state": receipt.state,
        "rows": receipt.rows,
        "cells": receipt.cells,
        "caches": dict(receipt.caches),
        "kind": receipt.command,
        "database": receipt.database,
        "by": receipt.by,
        "started_at": receipt.started_at,
        "finished_at": receipt.finished_at,
        "plan_digest": receipt.plan_digest,
        "pages": {"done": receipt.pages_done, "total": receipt.pages_total},
        "undone_by": receipt.undone_by,
        "put_back": receipt.put_back,
        "notes": list(receipt.notes),
        "statement": receipt.statement,
    }
    if receipt.restores:
        document |= _restored(receipt)
    if still_old:
        document["still_old"] = {
            cache: {"cells": old, "of": total} for cache, (old, total) in still_old.items()
        }
    return document


def _restored(receipt: Receipt) -> Document:
    return {
        "restores": receipt.restores,
        "restored": receipt.cells,
        "kept_regenerated": receipt.kept_regenerated,
        "vanished": receipt.vanished,
        "taken_keys": [list(key) for key in receipt.taken_keys],
    }


def restore_preview_document(preview: RestorePreview) -> Document:
    """What a restore would put back. It carries no receipt: nothing was written."""
    return {
        **head("restore"),
        "receipt": None,
        "restores": preview.receipt.id,
        "restored": preview.cells,
        "kept_regenerated": preview.kept_regenerated,
        "vanished": preview.vanished,
        "taken_keys": [list(key) for key in preview.taken_keys],
        "database": preview.database,
        "rows": preview.rows,
        "cells": preview.cells,
        "caches": [
            {
                "cache": count.cache,
                "restorable": count.restorable,
                "regenerated": count.regenerated,
                "vanished": count.vanished,
                "already": count.already,
            }
            for count in preview.caches
        ],
        "regenerated_keys": [
            {"cache": cache, "key": list(key)} for cache, key in preview.regenerated_keys
        ],
        "owners": owners_document(preview.owners),
        "statements": [
            {"caches": list(s.caches), "sql": s.sql, "params": dict(s.params)}
            for s in preview.statements
        ],
        "warnings": notices(preview.notices),
        "digest": preview.digest,
    }


def history_document(receipts: Iterable[Receipt]) -> Document:
    """Every apply and restore that the journal knows."""
    return {**head("history"), "entries": [_entry(receipt) for receipt in receipts]}


def _entry(receipt: Receipt) -> Document:
    return {
        "id": receipt.id,
        "command": receipt.command,
        "state": receipt.state,
        "rows": receipt.rows,
        "cells": receipt.cells,
        "by": receipt.by,
        "at": receipt.started_at,
        "finished_at": receipt.finished_at,
        "restores": receipt.restores,
        "undone_by": receipt.undone_by,
        "put_back": receipt.put_back,
    }
