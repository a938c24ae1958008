"""Workflows, replicas, image and Space are what their schemas say, and name what there is."""

import json
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def follow(schema: str, *files: Path) -> None:
    """These files follow a schema, as `check-jsonschema` says."""
    command = pytest.importorskip("check_jsonschema").main
    command(["--builtin-schema", schema, *map(str, files)], standalone_mode=False)


def test_workflows_follow_their_schema() -> None:
    follow("vendor.github-workflows", *WORKFLOWS)
    assert [path.stem for path in WORKFLOWS] == ["gate", "pages", "release"]


def test_replicas_follow_the_schema_of_compose() -> None:
    follow("vendor.compose-spec", ROOT / "deploy/compose.yaml")


def test_a_space_is_told_what_hugging_face_asks_for_and_the_port_of_the_image() -> None:
    """https://huggingface.co/docs/hub/spaces-config-reference"""
    _, front, _ = (ROOT / "deploy/space/README.md").read_text(encoding="utf-8").split("---\n", 2)
    space, docker = yaml.safe_load(front), (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
    colors = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert space["sdk"] == "docker"
    assert f"EXPOSE {space['app_port']}\n" in docker
    assert {space["colorFrom"], space["colorTo"]} <= colors
    assert len(space["short_description"]) <= 60


def test_an_image_copies_what_there_is() -> None:
    docker = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (\S+) ", docker, re.MULTILINE)
    assert copied
    assert all((ROOT / each).exists() for each in copied)
    index = "https://download.pytorch.org/whl/cpu"
    assert f"ARG TORCH_INDEX={index}\n" in docker
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))
    for command, of in ((docker, '"$TORCH_INDEX"'), (container["postCreateCommand"], index)):
        assert "pip install" in command
        assert f"torch torchvision --index-url {of} " in command  # builds of torch and torchvision of one index
