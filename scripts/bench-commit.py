"""Prints the median milliseconds of one bare synced commit: bench-commit.py FOLDER. SQLite as the catalogue opens it."""

import os
import sqlite3
import statistics
import sys
import time

path = os.path.join(sys.argv[1], "bare.sqlite")
database = sqlite3.connect(path, isolation_level=None)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = FULL")
database.execute("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, body TEXT)")
times = []
for _ in range(300):
    began = time.perf_counter()
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO t (body) VALUES (?)", ("x" * 500,))
    database.execute("COMMIT")
    times.append((time.perf_counter() - began) * 1000)
database.close()
os.remove(path)
print(f"{statistics.median(times):.3f}")
