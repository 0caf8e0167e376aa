#!/usr/bin/env python3
"""The table at the end of scripts/torture; ends 1 when a line has a failure.

usage: table.py RESULTS SECONDS"""
import json, sys

with open(sys.argv[1]) as file:
    lines = [json.loads(line) for line in file]
print(f'{"":32} {"count":>12} {"failures":>9} {"seconds":>8}')
for line in lines:
    print(f'{line["name"]:32} {line["counts"]:>12,} {line["failures"]:>9} {line["seconds"]:>8}')
failures = sum(line['failures'] for line in lines)
print(f'{"all":32} {"":>12} {failures:>9} {int(sys.argv[2]):>8}')
sys.exit(1 if failures else 0)
