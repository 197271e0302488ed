"""What a predicate may be made of: everything that is not named here is refused.

A call must be allowed twice, by the name that is written and by the node it is read as.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


# Deterministic or clock-reading functions of the three databases that change nothing, wait for
# nothing and read nothing but their arguments.
FUNCTIONS = words(
    """
    abs ceil ceiling floor round sign sqrt power pow mod exp ln log log10 log2 trunc truncate
    greatest least div bit_count
    lower upper lcase ucase length char_length character_length octet_length bit_length
    substr substring mid left right trim ltrim rtrim btrim replace reverse lpad rpad concat
    concat_ws position strpos instr locate ascii char chr unicode hex unhex md5 sha1 sha2 sha256
    crc32 split_part substring_index initcap starts_with translate regexp_like regexp_replace
    regexp_substr regexp_instr regexp_count format field find_in_set elt glob like quote
    coalesce ifnull nullif if iif isnull nvl typeof likely unlikely
    cast convert extract date time datetime julianday unixepoch strftime timediff date_trunc
    date_part age to_char to_date to_timestamp to_number make_date make_time make_timestamp
    make_interval now current_date current_time current_timestamp localtime localtimestamp
    utc_timestamp utc_date utc_time curdate curtime date_add date_sub adddate subdate datediff
    timestampdiff timestampadd date_format str_to_date from_unixtime unix_timestamp year month
    day hour minute second quarter week weekday dayofweek dayofmonth dayofyear yearweek last_day
    timestamp isfinite to_days justify_days justify_hours justify_interval
    json_extract json_value json_unquote json_valid json_type json_length json_contains
    json_contains_path json_array_length json_exists json_keys json_object json_array json_quote
    json json_overlaps json_search json_depth jsonb_extract json_typeof jsonb_typeof
    jsonb_array_length json_extract_path json_extract_path_text jsonb_extract_path
    jsonb_extract_path_text jsonb_path_exists jsonb_path_match to_json to_jsonb
    array_length array_position cardinality num_nulls num_nonnulls inet_aton uuid_to_bin
    bin_to_uuid any all some
    """
)

# Words that stand before a parenthesis without calling anything, and types with arguments.
STRUCTURE = words(
    """
    and or not xor in between like ilike rlike regexp glob is case when then else from for by
    similar to escape collate overlaps of using symmetric interval member distinct
    varchar nvarchar character varying nchar numeric decimal dec float double real bit varbit
    binary varbinary timestamptz timetz with without
    """
)

# Functions whose value is a truth value.
BOOLEAN_FUNCTIONS = words(
    """
    json_valid json_contains json_contains_path json_exists json_overlaps jsonb_path_exists
    jsonb_path_match starts_with regexp_like isnull isfinite likely unlikely glob like if iif
    coalesce ifnull nullif nvl
    """
)

# Node classes of the parser: truth values and what joins them ...
BOOLEAN_NODES = words(
    """
    And Or Xor Not Boolean Column Case If Coalesce Nullif Escape
    EQ NEQ GT GTE LT LTE NullSafeEQ NullSafeNEQ Is In Between Like ILike Glob SimilarTo
    RegexpLike RegexpILike RegexpFullMatch StartsWith Overlaps Adjacent ExtendsLeft ExtendsRight
    ArrayContains ArrayContainsAll ArrayContainedBy ArrayOverlaps JSONArrayContains
    JSONBContains JSONBContainsAllTopKeys JSONBContainsAnyTopKeys JSONBContainsTopKey
    JSONBPathExists JSONExists JSONBExists
    """
)

# ... and everything else that may stand inside.
NODES = BOOLEAN_NODES | words(
    """
    Abs Add All Anonymous Any Array ArrayPosition ArraySize Ascii AtTimeZone BitLength BitwiseAnd
    BitwiseCount BitwiseLeftShift BitwiseNot BitwiseOr BitwiseRightShift BitwiseXor Bracket Cast
    CastToStrType Ceil Chr Collate Concat ConcatWs CurrentDate CurrentTime CurrentTimestamp
    DPipe DataType DataTypeParam Date DateAdd DateDiff DateSub DateTrunc Datetime Day DayOfMonth
    DayOfWeek DayOfYear Div Elt Exp Extract Floor Format Greatest Hex HexString Hour Identifier
    Initcap IntDiv Interval IntervalSpan JSON JSONArray JSONBExtract JSONBExtractScalar
    JSONExtract JSONExtractArray JSONExtractScalar JSONKeyValue JSONKeys JSONObject JSONPath
    JSONPathKey JSONPathRoot JSONPathSubscript JSONPathWildcard JSONPathSlice JSONType JSONValue
    JustifyDays JustifyHours JustifyInterval Kwarg LastDay Least Left Length Literal Ln Localtime
    Localtimestamp Log Lower MD5 MakeInterval Minute Mod Month Mul Neg Null NumberToStr Pad Paren
    ParseJSON Pow Quarter RegexpCount RegexpInstr RegexpReplace RegexpSubstr Replace Reverse
    Right Round SHA SHA2 SHA2Digest Second Sign Slice SplitPart Sqrt StrPosition StrToDate
    StrToTime Sub Substring SubstringIndex Time TimeToStr TimeToUnix Timestamp TimestampAdd
    TimestampDiff TimestampFromParts TimestampTrunc ToChar ToNumber Translate Trim Trunc
    TsOrDsToDate TsOrDsToTimestamp Tuple Typeof Unhex Unicode UnixToTime Upper UtcDate UtcTime
    UtcTimestamp Var Week WeekOfYear Year
    """
)

# Node classes that deserve a reason of their own when they are refused.
REASONS = {
    "Select": "it holds a sub-select",
    "Subquery": "it holds a sub-select",
    "Exists": "it holds a sub-select (EXISTS)",
    "SetOperation": "it holds a sub-select",
    "Values": "it holds a sub-select (VALUES)",
    "Window": "it calls a window function",
    "AggFunc": "it calls an aggregate function",
    "Placeholder": "it holds a placeholder; write the value itself",
    "Parameter": "it holds a placeholder or a variable; write the value itself",
    "SessionParameter": "it reads a server variable",
    "PropertyEQ": "it assigns a value",
    "Alias": "it gives an alias",
    "Star": "it holds a '*'",
    "Dot": "it holds a qualified name; write this table's column without its table",
}

# Functions of the three databases whose names the parser knows, and that no predicate needs.
NAMED_ALIKE = words(
    """
    and or xor not exists case filter collate try_cast first last sha json_table json_arrayagg
    json_objectagg json_exists regr_avgx regr_avgy regr_sxx regr_sxy regr_syy weekofyear
    dayofmonth dayofweek date_diff timestamp_diff list columns collation current_catalog map
    array struct values grouping_id
    """
)
