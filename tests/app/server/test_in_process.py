"""The app inside a process of somebody else's: not of the tests', as Streamlit has one runtime a process."""

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import http.client, socket, sys, urllib.request
from types import SimpleNamespace
import numpy as np
import vaeexplorer as vx

data = SimpleNamespace(images=np.zeros((4, 28, 28), np.uint8), labels=np.arange(4), class_names=list("abcd"))
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
print(fails(port="x"))
print(fails(name=None))
print(fails(port=70000) == "Port 70000 cannot be had: choose another.")
print(fails(name="no name"))
one = vx.explore(encode, decode, data, port=port, open_browser=False, block=False)
start, token = one.url.split("&token=")
print(start == f"http://127.0.0.1:{port}/?run=my-model", len(token) > 20, urllib.request.urlopen(one.url).status)

def status(method, path, host=f"127.0.0.1:{port}", **headers):
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    asked.request(method, path, b"", {"Host": host, "Content-Type": "application/octet-stream"} | headers)
    return asked.getresponse().status

cookie = {"Cookie": f"other=1; vaeexplorer-{port}={token}"}
asked = [("GET", "/"), ("GET", "/_stcore/health"), ("GET", "/vx/mnist/x"), ("POST", "/vx/my-model/decode")]
print([status(*each, **cookie) for each in asked])
print({status(*each) for each in asked}, {status(*each, Cookie=f"vaeexplorer-{port}=x") for each in asked})
print({status(*each, host="evil.example", Origin="http://evil.example", **cookie) for each in asked})
two = vx.explore(encode, decode, data, name="other", open_browser=False, block=False)
print(two.url == f"http://127.0.0.1:{port}/?run=other&token={token}")
print(fails(port=port + 1) == f"The app is open at port {port}: stop it first, or name no other port.")
one.stop()
two.wait()
print(repr(two).endswith("ended>"), "torch" in sys.modules)
again = vx.explore(encode, decode, data, port=np.int64(port), open_browser=False, block=False)
print(urllib.request.urlopen(again.url).status)
from streamlit import config
print(config.get_option("server.allowedHosts"), config.get_option("server.enableAgentApi"))
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
        "port must be a whole number, not 'x'.",
        "A name is made of letters, digits, '.', '-' and '_', at most 100: not 'None'.",
        "True",
        "A name is made of letters, digits, '.', '-' and '_', at most 100: not 'no name'.",
        "True True 200",
        "[200, 200, 404, 400]",
        "{403} {403}",
        "{400}",
        "True",
        "True",
        "True False",
        "200",
        "['localhost', '127.0.0.1'] False",
        "#0b63a8 False",
    ]
    assert done.stderr == ""
