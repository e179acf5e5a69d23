"""Validates the documents beside every published table with the validators of their formats: documents.py ADDRESS.

For each dataset of a running server: the archive's checksums, the Data Package by frictionless, the CSVW description by csvw.
"""
import hashlib
import json
import pathlib
import sys
import tempfile
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


def archives(base):
    page = json.loads(read(f"{base}/v1/datasets?limit=1000"))
    for dataset in page["items"]:
        editions = json.loads(read(f"{base}/v1/datasets/{dataset['id']}/editions?limit=1000"))["items"]
        edition = editions[0]["edition"]
        of_edition = f"{base}/v1/datasets/{dataset['id']}/editions/{edition}/versions"
        version = json.loads(read(f"{of_edition}?limit=1"))["items"][0]["version"]
        yield dataset["id"], f"{of_edition}/{version}/files.zip"


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
        warnings.simplefilter("ignore")
        described = CSVW(str(folder / "csvw.json"), validate=True)
        if not described.is_valid:
            yield from (f"csvw.json: {warning.message}" for warning in described.warnings[:3])


def main(base):
    seen, wrong = 0, []
    for dataset, address in archives(base):
        with tempfile.TemporaryDirectory() as place:
            packed = pathlib.Path(place, "all.zip")
            packed.write_bytes(read(address))
            zipfile.ZipFile(packed).extractall(place)
            (folder,) = (entry for entry in pathlib.Path(place).iterdir() if entry.is_dir())
            found = [*sums_hold(folder), *package_holds(folder), *table_holds(folder)]
            wrong += [f"{dataset}: {problem}" for problem in found[:3]]
            seen += 1
    print(f"{seen} archives with their documents, {len(wrong)} problems")
    for problem in wrong:
        print(problem, file=sys.stderr)
    sys.exit(1 if wrong or not seen else 0)


main(sys.argv[1].rstrip("/"))
