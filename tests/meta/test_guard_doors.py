"""What docs/guard.md tells others to run beside their commits and in their CI, works."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cachedeps.actions.demo import build_jumponion
from cachedeps.cli.commands import COMMANDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "guard.md").read_text("utf-8")
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))


def blocks() -> list[Any]:
    return [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]


def workflow() -> dict[str, Any]:
    found: dict[str, Any] = next(block for block in blocks() if "jobs" in block)
    return found


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = workflow()["jobs"]["guard"]["steps"]
    return found


def test_every_hook_runs_a_command_that_exists_on_files_that_it_can_judge() -> None:
    for hook in HOOKS:
        program, command, *_ = hook["entry"].split()
        assert program == "cachedeps"
        assert command in COMMANDS
    assert HOOKS[0]["types_or"] == ["sql", "python"]


def test_the_hooks_of_the_page_are_those_of_the_repository() -> None:
    (config,) = [block for block in blocks() if "repos" in block]
    told = {hook["id"] for repo in config["repos"] for hook in repo["hooks"]}
    assert told == {hook["id"] for hook in HOOKS}


def test_the_workflow_uploads_in_any_case_and_may_do_so() -> None:
    upload = next(s for s in steps() if str(s.get("uses", "")).endswith("/upload-sarif@v4"))
    assert upload["if"] == "always()"
    assert workflow()["permissions"]["security-events"] == "write"
    (judge,) = (s["run"] for s in steps() if "cachedeps guard" in s.get("run", ""))
    assert f"> {upload['with']['sarif_file']}" in judge


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
@pytest.mark.parametrize(
    ("files", "code", "told"),
    [
        ({}, 0, []),
        ({"new file.sql": "DELETE FROM users;"}, 3, ["new%20file.sql"]),
        ({"app.py": "Q = 'DELETE FROM users'\n", "notes.txt": "DELETE FROM users"}, 3, ["app.py"]),
        ({"a.sql": "UPDATE uploads SET rotation_metrics = NULL WHERE id > 5"}, 1, ["a.sql"]),
    ],
    ids=("nothing", "sql", "python", "review"),
)
def test_the_step_of_the_workflow_judges_what_changed(
    tmp_path: Path, files: dict[str, str], code: int, told: list[str]
) -> None:
    build_jumponion(tmp_path)
    (tmp_path / "old.sql").write_text("DROP TABLE users;", "utf-8")
    in_git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    in_git(tmp_path, "update-ref", "refs/remotes/origin/main", "HEAD")
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    commit(tmp_path)

    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "cachedeps").write_text(f'#!/bin/sh\nexec {sys.executable} -m cachedeps "$@"\n')
    (programs / "cachedeps").chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "GITHUB_BASE_REF": "main", "PYTHONPATH": str(ROOT)}
    (step,) = (s["run"] for s in steps() if "cachedeps guard" in s.get("run", ""))
    bash = shutil.which("bash") or "bash"
    ended = subprocess.run([bash, "-e", "-c", step], cwd=tmp_path, env=environment, check=False)  # noqa: S603

    (run,) = json.loads((tmp_path / "guard.sarif").read_text("utf-8"))["runs"]
    places = [r["locations"][0]["physicalLocation"]["artifactLocation"] for r in run["results"]]
    assert ended.returncode == code
    assert sorted({place["uri"] for place in places}) == told


def commit(folder: Path) -> None:
    in_git(folder, "add", "--all")
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
    in_git(folder, *who, "commit", "--quiet", "--allow-empty", "--message", "a change")


def in_git(folder: Path, *arguments: str) -> None:
    subprocess.run([shutil.which("git") or "git", *arguments], cwd=folder, check=True)  # noqa: S603
