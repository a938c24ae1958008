"""The app inside a process of somebody else's: not of the tests', as Streamlit has one runtime a process."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import socket, sys, urllib.request
from types import SimpleNamespace
import numpy as np
import vaeexplorer as vx

data = SimpleNamespace(images=np.zeros((4, 28, 28), np.uint8), labels=np.arange(4), class_names="abcd")
encode = lambda images: np.zeros((len(images), 2))
decode = lambda z: np.zeros((len(z), 28, 28))

def fails(**options):
    try:
        vx.explore(encode, decode, data, **{"open_browser": False, "block": False} | options)
    except ValueError as error:
        return str(error)

with socket.socket() as taken:
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    port = taken.getsockname()[1]
    print(fails(port=port) == f"Port {port} cannot be had: choose another.")
print(fails(port=70000) == "Port 70000 cannot be had: choose another.")
print(fails(name="no name"))
one = vx.explore(encode, decode, data, port=port, open_browser=False, block=False)
print(one.url == f"http://127.0.0.1:{port}/?run=my-model", urllib.request.urlopen(one.url).status)
two = vx.explore(encode, decode, data, name="other", open_browser=False, block=False)
print(two.url.endswith(f":{port}/?run=other"))
print(fails(port=port + 1) == f"The app is open at port {port}: stop it first, or name no other port.")
one.stop()
two.wait()
print(repr(two).endswith("ended>"), "torch" in sys.modules)
again = vx.explore(encode, decode, data, port=port, open_browser=False, block=False)
print(urllib.request.urlopen(again.url).status)
from streamlit import config
print(config.get_option("theme.light.primaryColor"), config.get_option("browser.gatherUsageStats"))
"""


def test_it_opens_stops_and_opens_again(tmp_path: Path) -> None:
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=tmp_path, env=env, capture_output=True, text=True, check=True, timeout=60
    )
    said = [line for line in done.stdout.splitlines() if " is open at " not in line]
    assert said == [
        "True",
        "True",
        "A name is made of letters, digits, '.', '-' and '_', at most 100: not 'no name'.",
        "True 200",
        "True",
        "True",
        "True False",
        "200",
        "#0b63a8 False",
    ]
    assert done.stderr == ""
