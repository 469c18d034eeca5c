"""What tests of deployment files share."""

from collections.abc import Callable
from pathlib import Path

Write = Callable[[dict[str, str]], Path]
Found = Callable[..., list[tuple[str, str, int]]]

POD = """apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      containers:
        - name: web
"""
