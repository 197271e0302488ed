"""The JSON documents of ``run`` and ``cleanup``: before, and after."""

from __future__ import annotations

from cachedeps.domain.closure import RunPreview
from cachedeps.domain.outcome import Receipt
from cachedeps.render.documents import Document, head, notices, refusals
from cachedeps.render.preview_document import owners_document
from cachedeps.render.verdict import verdict_document


def run_document(seen: RunPreview, receipt: Receipt | None = None) -> Document:
    """What a statement would do or, with a receipt, what it was approved to do and did."""
    document: Document = {
        **head(seen.command),
        "database": seen.database,
        "sql": seen.sql,
        "verdict": verdict_document(seen.verdict),
        "table": seen.table,
        "rows": seen.rows,
        "tables": seen.tables,
        "set_null": seen.set_null,
        "effects": [
            {"table": e.table, "column": e.column, "rows": e.rows, "through": e.through}
            for e in seen.effects
        ],
        "beyond": [
            {
                "table": each.table,
                "inserted": each.inserted,
                "updated": each.updated,
                "deleted": each.deleted,
            }
            for each in seen.beyond
        ],
        "measured": seen.measured,
        "conflicts": [
            {"table": c.table, "key": list(c.key), "owner": c.owner} for c in seen.conflicts
        ],
        "owners": owners_document(seen.owners),
        "must_name": seen.must_name,
        "statements": [statement.sql for statement in seen.statements],
        "warnings": notices(seen.notices),
        "refusals": refusals(seen.refusals),
        "pages": len(seen.pages),
        "digest": seen.digest,
        "receipt": None,
    }
    if receipt is not None:
        document |= {
            "receipt": receipt.id,
            "state": receipt.state,
            "rows": receipt.rows,
            "cells": receipt.cells,
            "by": receipt.by,
            "notes": list(receipt.notes),
        }
    return document
