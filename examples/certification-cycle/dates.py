"""The calendar: which day is so many days or months later."""
import datetime


def days(day, count):
    return day + datetime.timedelta(days=count)


def months(day, count):
    """The same day so many months later, or the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return datetime.date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError(day)
