"""Runs the quick starts of the developers' page as they stand there: quickstarts.py SITE."""

import html
import re
import subprocess
import sys
import tempfile
import urllib.request

site = sys.argv[1]
page = urllib.request.urlopen(f"{site}/developers", timeout=30).read().decode()


def program(name: str) -> str:
    """The program under this name, as a reader would copy it."""
    found = re.search(rf'<pre[^>]*data-start="{name}"[^>]*>(.*?)</pre>', page, re.S)
    if not found:
        sys.exit(f"The page has no quick start for {name}.")
    return html.unescape(re.sub(r"<[^>]*>", "", found.group(1)))


def run(command: list[str], text: str) -> str:
    """What the program writes."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(command, input=text, text=True, cwd=folder, capture_output=True, timeout=120, check=False)
    if done.returncode != 0:
        sys.exit(f"The quick start for {command[0]} failed:\n{text}\n{done.stdout}\n{done.stderr}")
    return done.stdout


# curl tells of an error only by its answer, so it is told to fail.
shell = program("curl").replace("curl -s", "curl -fsS")
wanted = {
    "the shell": (run(["bash", "-e"], shell), "monthly-rainfall"),
    "Python": (run([sys.executable, "-"], program("python")), "monthly-rainfall"),
}
for language, (written, word) in wanted.items():
    if word not in written:
        sys.exit(f"The quick start for {language} does not write {word}:\n{written}")
# R is not needed to build the catalogue: the addresses that its program reads are.
addresses = re.findall(r'"(/v1/[^"]*)"', program("r"))
for address in addresses:
    urllib.request.urlopen(f"{site}{address}", timeout=30).read()
print(f"The quick starts do what they say ({len(addresses)} addresses of the one in R).")
