"""Tables with one column of every type, and values that are easy to damage."""

from __future__ import annotations

from tests.databases.database import Database

TEXTS = (
    "",
    " ",
    "trailing blanks   ",
    "tab\tand\r\nlines\n",
    "it's \"quoted\" `so` \\ and \\' % %s :name ?",
    "Grüße, 漢字, مرحبا \u202eabc\u202c",
    "😀👩\u200d👩\u200d👧\U0010ffff",
    "e\u0301 is not \u00e9",
    "\ufeffbom",
    "null",
    "\\x00ff",
    "\x01\x1f\x7f\u0085",
)
ALL_BYTES = bytes(range(256))
BYTES = (b"", b"\x00", ALL_BYTES, b"\\x41", b"\xff\xfe", b" ")
FLOATS = (
    "0",
    "-0.0",
    "0.1",
    "1e-45",
    "5e-324",
    "1.7976931348623157e308",
    "-2.5",
    "0.30000000000000004",
    "123456789.123456789",
    "2.2250738585072014e-308",
)
REALS = ("0", "-0.0", "0.1", "1e-45", "3.4028234e38", "16777217", "-1.17549435e-38")
DECIMALS = ("0", "-0.10", "1.000", "99999999999999999999.9999999999")

Values = tuple[object, ...]

POSTGRESQL: dict[str, Values] = {
    "text": TEXTS,
    "varchar(200)": TEXTS,
    "char(80)": ("", "a", "a   ", "ü"),
    '"char"': ("a", "b"),
    "name": ("a", "Name"),
    "integer": ("0", "-2147483648", "2147483647"),
    "smallint": ("-32768", "7"),
    "bigint": ("-9223372036854775808", "9223372036854775807"),
    "boolean": ("t", "f"),
    "real": (*REALS, "NaN", "Infinity", "-Infinity"),
    "double precision": (*FLOATS, "NaN", "Infinity", "-Infinity"),
    "numeric": (*DECIMALS, "NaN", "1e-200", "1" + "0" * 300 + ".000", "-0.5"),
    "numeric(12,4)": ("0", "12345678.1234", "NaN"),
    "money": ("12.50", "-1.00"),
    "json": (
        '{"a": 1,   "a": 2}',
        "[1,2 , 3]",
        ' {"b":1,"a":"\\u00e9\\u0000"}\n',
        "null",
        '"x"',
        '{"n": 1.00, "m": 1e5}',
    ),
    "jsonb": ('{"b": 1.00, "a": [null, "\\u00e9"]}', "null", '"x"', "{}", "1e5"),
    "xml": ("<a b='c'>&lt;</a>", "<a/>  <b/>"),
    "bytea": BYTES,
    "uuid": ("00000000-0000-0000-0000-000000000000", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"),
    "date": ("0001-01-01", "9999-12-31", "4714-11-24 BC", "infinity", "-infinity", "2026-04-25"),
    "time": ("00:00:00", "23:59:59.999999", "24:00:00"),
    "timetz": ("12:00:00.000001+02", "23:59:59.999999-12:30"),
    "timestamp": (
        "0001-01-01 00:00:00",
        "9999-12-31 23:59:59.999999",
        "infinity",
        "-infinity",
        "0044-03-15 12:00:00 BC",
        "2026-03-29 02:30:00",
        "294276-12-31 23:59:59.999999",
    ),
    "timestamptz": (
        "0001-01-01 00:00:00+00",
        "9999-12-31 23:59:59.999999+00",
        "infinity",
        "-infinity",
        "2026-10-25 02:30:00+02",
        "1850-01-01 00:00:00+01",
    ),
    "timestamp(3)": ("2026-04-25 12:00:00.123",),
    "interval": (
        "0",
        "1 year -2 mons +3 days",
        "-1 year 2 mons -3 days 04:05:06.789001",
        "36:00:00",
        "-00:00:00.000001",
        "178000000 years",
    ),
    "text[]": (
        "{}",
        '{NULL,"NULL","",a}',
        '{{"a,b","{c}"},{"\\"q\\"","back\\\\slash"}}',
        "[2:3]={x,y}",
        '{" blank ",tab}',
    ),
    "integer[]": ("{1,NULL,3}", "{{1,2},{3,4}}"),
    "bytea[]": ('{"\\\\x00ff",NULL}',),
    "json[]": ('{"{\\"a\\":  1}"}',),
    "double precision[]": ("{NaN,-0,0.1,Infinity}",),
    "timestamptz[]": ('{"2026-04-25 12:00:00+02",infinity}',),
    "mood": ("sad", "o'k", "Very Happy"),
    "mood[]": ('{sad,"Very Happy",NULL}',),
    "percent": ("0", "100"),
    "pair": ('(1,"a,""b""")', "(,)", '(2,"")'),
    "bit(5)": ("10101", "00000"),
    "bit varying": ("1", "", "1010101010"),
    "inet": ("10.0.0.1/8", "::1"),
    "cidr": ("10.0.0.0/8",),
    "macaddr": ("08:00:2b:01:02:03",),
    "int4range": ("[1,5)", "empty", "(,5)"),
    "tstzrange": ('["2026-01-01 00:00:00+00",infinity)',),
    "int4multirange": ("{[1,3),[5,7)}", "{}"),
    "point": ("(0.1,-0)", "(NaN,Infinity)"),
    "box": ("((1,2),(0.1,0.2))",),
    "polygon": ("((0,0),(1,0.1),(1,1))",),
    "tsvector": ("'a':1A 'b c':2", ""),
    "tsquery": ("'a' & !'b'",),
    "jsonpath": ('$."a"[*] ? (@ > 1)',),
    "oid": ("4294967295",),
    "pg_lsn": ("16/B374D848",),
}

MARIADB: dict[str, Values] = {
    "TEXT": TEXTS,
    "LONGTEXT": TEXTS,
    "VARCHAR(200)": TEXTS,
    "VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin": TEXTS,
    "CHAR(60)": ("", "a", "a  ", "ü😀"),
    "VARCHAR(60) CHARACTER SET latin1": ("", "Grüße  ", "ÿ€\x81", "'\\'"),
    "TEXT CHARACTER SET utf16": ("", "😀 Grüße", "漢字"),
    "VARCHAR(60) CHARACTER SET ascii": ("plain", ""),
    "INT": ("0", "-2147483648", "2147483647"),
    "INT UNSIGNED": ("4294967295",),
    "INT(6) ZEROFILL": ("42",),
    "TINYINT(1)": ("0", "1", "-128"),
    "BIGINT": ("-9223372036854775808", "9223372036854775807"),
    "BIGINT UNSIGNED": ("18446744073709551615", "0"),
    "FLOAT": (*REALS, "8388608.5", "0.333333333333"),
    "DOUBLE": FLOATS,
    "FLOAT(7,3)": ("1234.567", "0.1"),
    "DECIMAL(65,30)": (
        *DECIMALS,
        "12345678901234567890123456789012345.123456789012345678901234567891",
    ),
    "DECIMAL(20,0)": ("-99999999999999999999",),
    "JSON": ('{"a": 1,   "a": 2}', " [1 , 2]\n", '"\\u00e9"', '"😀"', "null"),
    "BLOB": BYTES,
    "LONGBLOB": BYTES,
    "VARBINARY(300)": BYTES,
    "BINARY(8)": (b"", b"\x00\xff", b"12345678"),
    "UUID": ("123e4567-e89b-12d3-a456-426655440000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    "INET6": ("::1", "2001:db8::ff00:42:8329"),
    "DATE": ("0001-01-01", "9999-12-31", "2026-04-25"),
    "TIME(6)": ("-838:59:59.999999", "838:59:59.999999", "00:00:00.000001"),
    "DATETIME(6)": (
        "0001-01-01 00:00:00",
        "9999-12-31 23:59:59.999999",
        "2026-03-29 02:30:00.000001",
    ),
    "DATETIME": ("2026-04-25 12:00:00",),
    "TIMESTAMP(6) NULL": (
        "1970-01-02 00:00:01.000001",
        "2026-10-25 01:30:00",
        "2038-01-18 03:14:07.999999",
    ),
    "YEAR": ("1901", "2155", "0000"),
    "BIT(1)": (b"\x00", b"\x01"),
    "BIT(20)": (b"\x0f\xff\x01", b"\x00"),
    "ENUM('sad','o''k','Very Happy','ü')": ("sad", "o'k", "Very Happy", "ü"),
    "SET('a','b','c d','ü')": ("", "a", "a,c d", "a,b,c d,ü"),
    "POINT": (),
}

SQLITE: dict[str, Values] = {
    "TEXT": TEXTS,
    "": (*TEXTS, *BYTES, 0, -(2**63), 2**63 - 1, 0.1, -0.0, 5e-324, float("inf"), "1", "0x1"),
    "BLOB": (*TEXTS, *BYTES, 1, 1.5, float("-inf")),
    "VARCHAR(20)": (*TEXTS, "longer than twenty letters", b"bytes in a text column"),
    "INTEGER": (1, "not a number", 2**63 - 1, 1.5, b"\x00", 1e300, " 7x"),
    "REAL": (1, 0.1, "text", -0.0, 1e-320, float("-inf"), b"\xff"),
    "NUMERIC": (1, "1.10", "abc", 1e20, 9007199254740993, "12345678901234567890.5"),
    "DECIMAL(10,2)": ("1.50", 1.5),
    "BOOLEAN": (0, 1, "true", 2),
    "DATETIME": ("2026-04-25T12:00:00+02:00", 1777111200, 1777111200.25, "2026-04-25"),
    "TIMESTAMP": ("2026-04-25 12:00:00.123456",),
    "JSON": ('{"a": 1,   "a": 2}', " [1 , 2]\n", "not json"),
    "TEXT COLLATE NOCASE": ("Straße", "STRASSE", "a ", "A"),
    "TEXT COLLATE RTRIM": ("a", "a  ", ""),
}

_TYPES = {"postgresql": POSTGRESQL, "mariadb": MARIADB, "sqlite": SQLITE}
# a server can be built without this one type
_HAS_XML = "SELECT 1 FROM pg_config WHERE name = 'CONFIGURE' AND setting LIKE '%with-libxml%'"
_BEFORE = {
    "postgresql": (
        "CREATE TYPE mood AS ENUM ('sad', 'o''k', 'Very Happy')",
        "CREATE DOMAIN percent AS integer CHECK (VALUE BETWEEN 0 AND 100)",
        "CREATE TYPE pair AS (a integer, b text)",
    ),
    "mariadb": (),
    "sqlite": (),
}


def _types(database: Database) -> dict[str, Values]:
    types = dict(_TYPES[database.dialect])
    if database.dialect == "postgresql" and not database.query(_HAS_XML):
        del types["xml"]
    return types


def create(database: Database) -> list[str]:
    """One table for each type, ``(id, value)``, with the type's values; the tables' names."""
    database.execute(*_BEFORE[database.dialect])
    names = []
    for number, (column, values) in enumerate(_types(database).items()):
        name = f"type_{number}_{''.join(c if c.isalnum() else '_' for c in column)[:30].lower()}"
        database.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, value {column})")
        if values:
            database.insert(name, *enumerate(values, start=1))
        names.append(name)
    if database.dialect == "sqlite":
        odd = (
            "CAST(x'ff6100fe' AS TEXT)",
            "'a' || char(0) || 'b'",
            "CAST(x'eda080' AS TEXT)",
            "CAST(x'00' AS TEXT)",
        )
        rows = ", ".join(f"({place + 100}, {value})" for place, value in enumerate(odd))
        database.execute(f"INSERT INTO {names[0]} VALUES {rows}")
    if database.dialect == "mariadb":
        database.execute(f"INSERT INTO {names[-1]} VALUES (1, POINT(0.1, -0.0))")
    return names
