"""What TA-Lib computes of bars, for tests/unit/indicators/extra/talib.csv.

Install:  python3 -m venv /tmp/talib && /tmp/talib/bin/pip install TA-Lib
Run:      /tmp/talib/bin/python bench/record_talib_extra.py <bars.csv >talib.csv

Takes open, high, low, close and volume, a bar a line, and writes them with the values, empty where there is none; the
dates are made up.
"""

import sys
from datetime import date, timedelta

import numpy
import talib

bars = numpy.loadtxt(sys.stdin, delimiter=",")
open_, high, low, close, volume = (numpy.ascontiguousarray(column) for column in bars.T)
force = numpy.r_[numpy.nan, numpy.diff(close) * volume[1:]]
values = {
    "psar_0.02_0.2": talib.SAR(high, low, 0.02, 0.2),
    "trix_15": talib.TRIX(close, 15),
    "adl": talib.AD(high, low, close, volume),
    "wma_20": talib.WMA(close, 20),
    "ichimoku_9_26_52_base": talib.MIDPRICE(high, low, 26),
    "force_index_13": talib.EMA(force, 13),
    "keltner_20_10_2_upper": talib.EMA(close, 20) + 2 * talib.ATR(high, low, close, 10),
    "chandelier_22_3_long": talib.MAX(high, 22) - 3 * talib.ATR(high, low, close, 22),
}
print(",".join(["date", "open", "high", "low", "close", "volume", *values]))
for at, (bar, *row) in enumerate(zip(bars, *values.values())):
    day = (date(2000, 1, 3) + timedelta(at)).isoformat()
    print(",".join([day, *map(repr, bar.tolist()), *("" if numpy.isnan(value) else repr(float(value)) for value in row)]))
