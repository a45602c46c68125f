"""Rough times of the tide: twelve hours and twenty-five minutes apart."""

from datetime import timedelta

PERIOD = timedelta(hours=12, minutes=25)


def next_high(last, now):
    gone = (now - last) // PERIOD
    return last + (gone + 1) * PERIOD
