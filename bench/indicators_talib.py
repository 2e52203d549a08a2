"""The indicators of src/indicators through TA-Lib, for the benchmark to compare with.

Install:  python3 -m venv /tmp/talib && /tmp/talib/bin/pip install TA-Lib   (brings numpy and the C library)
Run:      /tmp/talib/bin/python bench/indicators_talib.py [--patterns] [bars.csv]

Reads symbol,session,open,high,low,close,volume (with this header, the rows of a symbol together and oldest first) from
the file or standard input; prints as JSON how many symbols and rows there were and the seconds of reading and computing.
"""

import csv
import json
import sys
import time
from itertools import groupby

import numpy
import talib

# TA-Lib's own definitions, by averages of ten bars: as much work as ours, not the same finds.
PATTERNS = [
    getattr(talib, name)
    for name in (
        "CDLDOJI CDLDRAGONFLYDOJI CDLGRAVESTONEDOJI CDLHAMMER CDLINVERTEDHAMMER CDLHANGINGMAN CDLSHOOTINGSTAR "
        "CDLMARUBOZU CDLENGULFING CDLHARAMI CDLHARAMICROSS CDLPIERCING CDLDARKCLOUDCOVER CDLMORNINGSTAR "
        "CDLEVENINGSTAR CDLMORNINGDOJISTAR CDLEVENINGDOJISTAR CDL3WHITESOLDIERS CDL3BLACKCROWS CDLTASUKIGAP"
    ).split()
]


def read_series(lines):
    rows = csv.reader(lines)
    next(rows)
    for symbol, bars in groupby(rows, key=lambda row: row[0]):
        columns = list(zip(*bars))
        yield symbol, [numpy.array(column, dtype=float) for column in columns[2:7]]


def compute(open_, high, low, close, volume, patterns):
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
    return columns + [find(open_, high, low, close) for find in (PATTERNS if patterns else [])]


def main(arguments):
    patterns = "--patterns" in arguments
    paths = [argument for argument in arguments if argument != "--patterns"]
    started = time.perf_counter()
    with open(paths[0], newline="") if paths else sys.stdin as lines:
        series = list(read_series(lines))
    read = time.perf_counter()
    for _, prices in series:
        compute(*prices, patterns)
    computed = time.perf_counter()
    print(
        json.dumps(
            {
                "symbols": len(series),
                "rows": sum(len(prices[0]) for _, prices in series),
                "readSeconds": round(read - started, 3),
                "computeSeconds": round(computed - read, 3),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
