#!/usr/bin/env python3
"""polars and pandas read every export to the bit: readings, alerts and statistics, as CSV and as Parquet.

    python3 -m venv venv && venv/bin/pip install polars pandas pyarrow && npm run build && venv/bin/python test/readers/exports.py

Readings with odd numbers, behind many whole ones, go through an inbox into a table; what comes back is compared with them. DuckDB
does the same in `test/app/export`. Exit code 1 when a bit differs.
"""
import math
import os
import struct
import subprocess
import sys
import tempfile

import pandas
import polars

CLI = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../dist/app/cli.js')
MEASURES = ['hz', 'disp', 'flo', 'sedPPM', 'psi', 'chlPPM']
WHOLE = 30_000  # more than any reader looks at to tell a column's type
ODD = ['-0', '0.1', '5e-324', '1.7976931348623157e308', '1e21', '1e-7', '0.30000000000000004', '2.2250738585072014e-308',
       '9007199254740993', '-123456789.123456789', '4.35', '1e23', '123456789012345680000']


def bits(value):
    return None if value is None or (isinstance(value, float) and math.isnan(value)) else struct.pack('>d', float(value))


def wellwatch(folder, *words):
    subprocess.run(['node', CLI, *words], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def rows():
    for i in range(WHOLE):
        yield f'2014-01-{1 + i // 1440:02d}', f'{i // 60 % 24}:{i % 60:02d}', [str(7 + (i + k) % 90) for k in range(6)]
    for i, _ in enumerate(ODD):
        yield f'2014-03-{1 + i:02d}', '1:00', [ODD[(i + k) % len(ODD)] for k in range(6)]


def readers(path):
    if path.endswith('.csv'):
        yield 'polars', polars.read_csv(path).to_dict(as_series=False)
        yield 'pandas', pandas.read_csv(path).to_dict('list')
    else:
        yield 'polars', polars.read_parquet(path).to_dict(as_series=False)
        yield 'pandas', pandas.read_parquet(path).to_dict('list')


def main():
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(f'{folder}/var/inbox')
        told = list(rows())
        with open(f'{folder}/a.csv', 'w') as file:
            file.writelines(f'P,{date},{time},{",".join(values)}\n' for date, time, values in told)
        os.rename(f'{folder}/a.csv', f'{folder}/var/inbox/a.csv')
        wellwatch(folder, 'run', '--once')
        wellwatch(folder, 'summarize')
        expected = {
            'readings': {measure: [bits(values[i]) for _, _, values in told] for i, measure in enumerate(MEASURES)},
            'alerts': {'value': [bits(values[4]) for _, _, values in told if float(values[4]) < 5]},
        }
        seen = {}
        for what in ['readings', 'alerts', 'stats']:
            for ending in ['csv', 'parquet']:
                path = f'{folder}/{what}.{ending}'
                wellwatch(folder, 'export', what, path)
                for reader, columns in readers(path):
                    numbers = {name: [bits(value) for value in column] for name, column in columns.items()
                               if name in MEASURES or name in ('value', 'threshold') or name[-4:] in ('_min', '_max', '_avg')}
                    seen.setdefault(what, numbers)
                    for name, column in numbers.items():
                        for wanted in (expected.get(what, {}).get(name), seen[what][name]):
                            if wanted is not None and wanted != column:
                                wrong += 1
                                at = next((i for i, (a, b) in enumerate(zip(wanted, column)) if a != b), '?')
                                print(f'{reader}, {what}.{ending}: {name} differs at row {at} of {len(column)}')
                    print(f'{reader} read {what}.{ending}: {len(next(iter(numbers.values())))} rows')
    return 1 if wrong else 0


sys.exit(main())
