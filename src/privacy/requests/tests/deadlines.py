"""An independent reckoning of deadlines: reads one question a line, writes one answer a line.

Question: regime kind received holidays (comma-separated, or -)
Answer:   acknowledge due legal extension (- where there is none)
Written from the table of the regimes alone, with nothing but Python's calendar, so that the two can be compared.
"""
import calendar
import sys
from datetime import date, timedelta


def months_on(day, count):
    index = day.year * 12 + day.month - 1 + count
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def free(day, holidays):
    return day.weekday() in (calendar.SATURDAY, calendar.SUNDAY) or day in holidays


def next_working(day, holidays):
    return day if not free(day, holidays) else next_working(day + timedelta(1), holidays)


def working_days_on(day, count, holidays):
    while count:
        day += timedelta(1)
        if not free(day, holidays):
            count -= 1
    return day


def answer(regime, kind, received, holidays):
    if regime == "ccpa":
        if kind == "opt_out":
            due = working_days_on(received, 15, holidays)
            return None, due, due, None
        due = received + timedelta(45)
        return working_days_on(received, 10, holidays), due, due, received + timedelta(90)
    if regime == "us_state":
        due = received + timedelta(45)
        return None, due, due, None if kind == "complaint" else received + timedelta(90)
    if regime == "lgpd":
        due = received + timedelta(15)
        return None, due, due, None
    if regime == "uk_gdpr" and kind == "complaint":
        due = received + timedelta(30)
        return due, due, next_working(due, holidays), None
    due = months_on(received, 1)
    return received + timedelta(3), due, next_working(due, holidays), months_on(received, 3)


for line in sys.stdin:
    regime, kind, received, free_days = line.split()
    off = set() if free_days == "-" else {date.fromisoformat(day) for day in free_days.split(",")}
    print(*(day or "-" for day in answer(regime, kind, date.fromisoformat(received), off)))
