#!/usr/bin/env python3
"""The registers that child_welfare and disability ask in the demo: tables for the mappings of deploy/registers, filled
from a file of synthetic records.

  welfare_registers.py --key index.bin --data registers/welfare-510000.json --db welfare.db

The file has numbers of persons who do not exist; the tables know a person by the blind index under the region's index
key alone, as real ones do: HMAC-SM3(key, type of document as one byte, number).
"""
import argparse
import hmac
import json
import pathlib
import sqlite3
import sys

RESIDENT_ID = b"\x01"  # DocType of proto/chuanyu/type/v1/person.proto
TABLES = {
    "reg_death": ("kind", "day"),
    "reg_certificate": ("state", "type", "grade", "since", "valid_to"),
    "reg_assistance": ("kind", "from_month", "to_month", "fen_month"),
    "reg_subsidy": ("kind", "from_month", "to_month", "fen_month"),
    "reg_child": ("category", "top_up", "from_month", "to_month"),
    "reg_sentence": ("from_day", "to_day"),
}


def column(name):
    return f"{name} {'INTEGER' if name in ('grade', 'fen_month') else 'VARCHAR(16)'}"


def fill(key, data, path):
    if data.get("synthetic") is not True:
        sys.exit("the records are not marked \"synthetic\": true")
    pathlib.Path(path).unlink(missing_ok=True)
    with sqlite3.connect(path) as database:
        for table, columns in TABLES.items():
            database.execute(f"CREATE TABLE {table} (person_index VARCHAR(64) NOT NULL, "
                             f"{', '.join(map(column, columns))})")
            database.execute(f"CREATE INDEX {table}_person ON {table} (person_index)")
        database.execute("CREATE TABLE reg_status (complete_until VARCHAR(32) NOT NULL)")
        database.execute("INSERT INTO reg_status VALUES (?)", (data["complete_until"],))
        for record in data["records"]:
            table = record["table"]
            index = hmac.new(key, RESIDENT_ID + record["doc_no"].encode(), "sm3").hexdigest()
            values = [record.get(name) for name in TABLES[table]]
            database.execute(f"INSERT INTO {table} VALUES (?{', ?' * len(values)})", (index, *values))


def main():
    parser = argparse.ArgumentParser()
    for option in ("--key", "--data", "--db"):
        parser.add_argument(option, required=True, type=pathlib.Path)
    args = parser.parse_args()
    fill(args.key.read_bytes(), json.loads(args.data.read_text(encoding="utf-8")), args.db)


if __name__ == "__main__":
    main()
