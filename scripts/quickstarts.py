"""Runs the quick starts of the developers' page as they stand there: quickstarts.py SITE."""

import html
import json
import re
import shutil
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


# R is not needed to build the catalogue, so its program is read here; R itself runs it where there is one with its library.
TOKENS = re.compile(
    r"""(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<comment>\#[^\n]*)|(?P<line>\n)|(?P<space>[ \t]+)
    |(?P<word>[A-Za-z.][\w.]*|\d+(?:\.\d+)?L?)|(?P<open>[(\[{])|(?P<close>[)\]}])
    |(?P<operator><-|\|>|::|==|!=|<=|>=|&&|\|\||[-+*/^=<>$:,!~&|])|(?P<other>.)""",
    re.X | re.S,
)
CLOSES = {")": "(", "]": "[", "}": "{"}


def fault_of_r(program: str) -> str:
    """What keeps a text from being a program in R, as far as brackets, texts and operators tell; nothing where it may be one."""
    opened: list[str] = []
    before, number = "start", 1
    for token in TOKENS.finditer(program):
        kind, text = token.lastgroup, token.group()
        at = f"line {number}: {text!r} "
        number += text.count("\n")
        if kind == "line":
            # Within brackets, and behind an operator, an expression goes on.
            if (not opened or opened[-1] == "{") and before == "operand":
                before = "start"
        elif kind in ("text", "word"):
            if before == "operand":
                return at + "follows without an operator"
            before = "operand"
        elif kind == "operator":
            is_left_out = text == "," and before in ("open", "operator") and opened[-1:] == ["["]
            if before != "operand" and text not in "-!+~" and not is_left_out:
                return at + "has nothing before it"
            if text == "," and not opened:
                return at + "is in no brackets"
            before = "operator"
        elif kind == "open":
            opened.append(text)
            before = "open"
        elif kind == "close":
            if not opened or opened.pop() != CLOSES[text]:
                return at + "closes what is not open"
            if before == "operator" and text != "]":
                return at + "has nothing before it"
            before = "operand"
        elif kind == "other":
            return at + "is nothing that R knows, or a text that is not closed"
    if opened:
        return f"{opened[-1]!r} is not closed"
    return "it ends in the middle" if before == "operator" else ""


in_r = program("r")
if fault := fault_of_r(in_r):
    sys.exit(f"The quick start for R cannot be read: {fault}\n{in_r}")
# The reading itself is put to the test: each of these is no program.
last = in_r.rindex(")")
for broken in (
    in_r[:last] + in_r[last + 1 :],
    in_r.replace('"', "", 1),
    in_r.replace(" |>\n", "\n|> ", 1),
    in_r.replace(" <- ", " ", 1),
    in_r.replace("(", "[", 1),
    in_r + " |>",
):
    if not fault_of_r(broken):
        sys.exit(f"This is no program in R, and is taken for one:\n{broken}")
# What it reads with is asked for first, so that a machine with R alone still reads the program.
done_in_r = "can be read"
if shutil.which("Rscript"):
    run(["Rscript", "-e", 'invisible(parse(file("stdin"), keep.source = FALSE))'], in_r)
    has_httr2 = ["Rscript", "-e", 'quit(status = if (requireNamespace("httr2", quietly = TRUE)) 0L else 1L)']
    if subprocess.run(has_httr2, capture_output=True, timeout=120, check=False).returncode == 0:
        written = run(["Rscript", "-e", 'source(file("stdin"), print.eval = TRUE)'], in_r)
        if "monthly-rainfall" not in written:
            sys.exit(f"The quick start for R does not write monthly-rainfall:\n{written}")
        done_in_r = "does, too"
# Its columns are fields of what is found, and the addresses that it reads are there.
hit = json.load(urllib.request.urlopen(f"{site}/v1/search?q=rainfall", timeout=30))["items"][0]
for name in re.findall(r'"(\w+)"', "".join(re.findall(r"\[, c\((.*?)\)\]", in_r))):
    if name not in hit:
        sys.exit(f"The quick start for R reads {name}, which a hit does not have: {sorted(hit)}")
addresses = re.findall(r'"(/v1/[^"]*)"', in_r)
for address in addresses:
    urllib.request.urlopen(f"{site}{address}", timeout=30).read()
print(f"The quick starts do what they say, and the one in R {done_in_r} ({len(addresses)} addresses).")
