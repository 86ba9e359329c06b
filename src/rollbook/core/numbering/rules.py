"""How a number is written."""


def formatted(template: str, year: int, value: int) -> str:
    """Fill a template: {year} is 2026, {yy} is 26, {seq:06d} counts and grows past its width.

    >>> formatted("RCP-{year}-{seq:06d}", 2026, 124)
    'RCP-2026-000124'
    """
    return template.format(year=year, yy=f"{year % 100:02d}", seq=value)
