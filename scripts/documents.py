"""Validates the documents beside every published table with the validators of their formats: documents.py ADDRESS.

For each dataset of a running server: the archive's checksums, the Data Package by frictionless, the CSVW description by csvw; and the
CSV of an output of a filter, which the catalogue writes itself, against its CSVW description.
"""
import hashlib
import json
import pathlib
import sys
import tempfile
import urllib.error
import urllib.request
import warnings
import zipfile

from csvw import CSVW
from frictionless import Checklist, Package, system

# Of a long table the first rows are enough: its types hold for all or break early.
MOST_ROWS = 5_000


def read(address):
    with urllib.request.urlopen(address) as answer:
        return answer.read()


def post(address, body):
    sent = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(sent) as answer:
        return answer.status, json.load(answer)


def versions(base):
    page = json.loads(read(f"{base}/v1/datasets?limit=1000"))
    for dataset in page["items"]:
        editions = json.loads(read(f"{base}/v1/datasets/{dataset['id']}/editions?limit=1000"))["items"]
        edition = editions[0]["edition"]
        of_edition = f"{base}/v1/datasets/{dataset['id']}/editions/{edition}/versions"
        version = json.loads(read(f"{of_edition}?limit=1"))["items"][0]["version"]
        yield {"id": dataset["id"], "edition": edition, "version": str(version)}, f"{of_edition}/{version}/files.zip"


def sums_hold(folder):
    for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines():
        digest, name = line.split("  ", 1)
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
            yield f"{name} is not what its checksum says"


def package_holds(folder):
    with system.use_context(trusted=True):
        package = Package(str(folder / "datapackage.json"))
        report = package.validate(Checklist(), limit_rows=MOST_ROWS)
    for task in report.tasks:
        yield from (f"datapackage.json: {task.name}: {error.message}" for error in task.errors)
    yield from (f"datapackage.json: {error.message}" for error in report.errors)


def table_holds(folder):
    if not (folder / "csvw.json").exists():
        return
    with warnings.catch_warnings():
        # What is wrong is told by warnings, which the validator collects: those that are not let through are none.
        warnings.simplefilter("always")
        described = CSVW(str(folder / "csvw.json"), validate=True)
        if not described.is_valid:
            yield from (f"csvw.json: {warning.message}" for warning in described.warnings[:3])


def archive_holds(address):
    with tempfile.TemporaryDirectory() as place:
        packed = pathlib.Path(place, "all.zip")
        packed.write_bytes(read(address))
        zipfile.ZipFile(packed).extractall(place)
        (folder,) = (entry for entry in pathlib.Path(place).iterdir() if entry.is_dir())
        return [*sums_hold(folder), *package_holds(folder), *table_holds(folder)]


def output_holds(base, version):
    """What is wrong with an output of the whole table of a version; nothing of one that has no table or is prepared first."""
    try:
        _, kept = post(f"{base}/v1/filters", {"dataset": version})
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return None
        raise
    status, output = post(f"{base}{kept['links']['submit']}", {})
    if status != 201:
        return None
    downloads = f"{base}{output['links']['self']}/downloads"
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        (folder / "output.csv").write_bytes(read(f"{downloads}/csv"))
        described = json.loads(read(f"{downloads}/csvw"))
        described["url"] = "output.csv"
        (folder / "csvw.json").write_text(json.dumps(described), "utf-8")
        return [f"output: {problem}" for problem in table_holds(folder)]


def validator_sees():
    """Whether the validator finds what is wrong at all: a figure with a mark that is not described."""
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        (folder / "output.csv").write_text('homes\r\n"1,500"\r\n', "utf-8")
        columns = [{"name": "homes", "titles": "homes", "datatype": "integer"}]
        described = {"@context": "http://www.w3.org/ns/csvw", "url": "output.csv", "tableSchema": {"columns": columns}}
        (folder / "csvw.json").write_text(json.dumps(described), "utf-8")
        return any(table_holds(folder))


def main(base):
    seen, outputs, wrong = 0, 0, []
    if not validator_sees():
        wrong.append("the validator of CSVW finds nothing wrong with what is")
    for version, address in versions(base):
        of_output = output_holds(base, version)
        found = [*archive_holds(address), *(of_output or [])]
        wrong += [f"{version['id']}: {problem}" for problem in found[:3]]
        seen += 1
        outputs += of_output is not None
    print(f"{seen} archives and {outputs} outputs with their documents, {len(wrong)} problems")
    for problem in wrong:
        print(problem, file=sys.stderr)
    sys.exit(1 if wrong or not seen or not outputs else 0)


main(sys.argv[1].rstrip("/"))
