"""The indicators of src/indicators through TA-Lib, for the benchmark to compare with: read, compute, write.

Install:  python3 -m venv /tmp/talib && /tmp/talib/bin/pip install TA-Lib 'psycopg[binary]'
Run:      TALIB_PYTHON=/tmp/talib/bin/python node bench/indicators.ts

Takes the address of a database that has the bars. One process a core reads its share of them by COPY, computes, and
writes a table of its own, talib_indicators, by COPY. Prints the rows and seconds as JSON.
"""

import json
import sys
import time
from itertools import groupby
from multiprocessing import Pool

import numpy
import psycopg
import talib

PROCESSES = 2
COLUMNS = 27

# TA-Lib's own definitions, by averages of ten bars: as much work as ours, not the same finds.
PATTERNS = {
    name: getattr(talib, name)
    for name in (
        "CDLDOJI CDLDRAGONFLYDOJI CDLGRAVESTONEDOJI CDLHAMMER CDLINVERTEDHAMMER CDLHANGINGMAN CDLSHOOTINGSTAR "
        "CDLMARUBOZU CDLENGULFING CDLHARAMI CDLHARAMICROSS CDLPIERCING CDLDARKCLOUDCOVER CDLMORNINGSTAR "
        "CDLEVENINGSTAR CDLMORNINGDOJISTAR CDLEVENINGDOJISTAR CDL3WHITESOLDIERS CDL3BLACKCROWS CDLTASUKIGAP"
    ).split()
}


def compute(open_, high, low, close, volume):
    macd, signal, histogram = talib.MACD(close, 12, 26, 9)
    upper, middle, lower = talib.BBANDS(close, 20, 2, 2)
    slow_k, slow_d = talib.STOCH(high, low, close, 14, 3, 0, 3, 0)
    fast_k, fast_d = talib.STOCHF(high, low, close, 14, 3, 0)
    columns = [talib.SMA(close, bars) for bars in (20, 50, 200)]
    columns += [talib.EMA(close, bars) for bars in (12, 26, 50)]
    columns += [talib.RSI(close, 14), macd, signal, histogram, upper, middle, lower]
    columns += [talib.ATR(high, low, close, 14), talib.TRANGE(high, low, close)]
    columns += [f(high, low, close, 14) for f in (talib.ADX, talib.PLUS_DI, talib.MINUS_DI)]
    columns += [slow_k, slow_d, fast_k, fast_d, talib.OBV(close, volume)]
    columns += [talib.CCI(high, low, close, 20), talib.WILLR(high, low, close, 14)]
    columns += [talib.MFI(high, low, close, volume, 14), talib.ROC(close, 10)]
    found = [(name, find(open_, high, low, close).tolist()) for name, find in PATTERNS.items()]
    return [column.tolist() for column in columns], found


def read_series(database, part):
    """The bars of every PROCESSES-th instrument: its id, the sessions, and open, high, low, close, volume."""
    bars = f"""copy (select instrument_id, session_date, open, high, low, close, volume from market.daily_bars
      where instrument_id % {PROCESSES} = {part} order by instrument_id, session_date) to stdout"""
    with database.cursor().copy(bars) as copy:
        for instrument, rows in groupby(copy.rows(), key=lambda row: row[0]):
            columns = list(zip(*rows))
            yield instrument, columns[1], [numpy.array(column, dtype=float) for column in columns[2:7]]


def lines(instrument, sessions, columns, found):
    for row, session in enumerate(sessions):
        numbers = "\t".join("\\N" if column[row] != column[row] else repr(column[row]) for column in columns)
        names = ",".join(name for name, values in found if values[row] != 0)
        yield f"{instrument}\t{session}\t{numbers}\t{{{names}}}\n"


def work(url, part):
    rows = 0
    with psycopg.connect(url) as source, psycopg.connect(url) as target:
        with target.cursor().copy("copy talib_indicators from stdin") as copy:
            for instrument, sessions, prices in read_series(source, part):
                copy.write("".join(lines(instrument, sessions, *compute(*prices))))
                rows += len(sessions)
    return rows


def main(url):
    with psycopg.connect(url) as database:
        numbers = ", ".join(f"value_{n} double precision" for n in range(COLUMNS))
        database.execute(
            f"create table talib_indicators (instrument_id integer, session_date date, {numbers}, patterns text[], "
            "primary key (instrument_id, session_date))"
        )
    started = time.perf_counter()
    with Pool(PROCESSES) as pool:
        rows = sum(pool.starmap(work, [(url, part) for part in range(PROCESSES)]))
    print(json.dumps({"rows": rows, "seconds": round(time.perf_counter() - started, 3)}))


if __name__ == "__main__":
    main(sys.argv[1])
