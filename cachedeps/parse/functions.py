"""Functions of the three databases that change nothing but what they return.

Sources: the functions chapters of the manuals of PostgreSQL, MySQL, MariaDB and SQLite. What
reads or writes files, runs SQL from text, waits, ends sessions or changes settings is not here.
"""

from __future__ import annotations

from cachedeps.parse.vocabulary import FUNCTIONS, words

HARMLESS = FUNCTIONS | words(
    """
    nextval currval lastval last_insert_id last_insert_rowid changes total_changes
    row_count found_rows version database schema user current_user session_user
    system_user current_schema current_schemas current_database current_role connection_id
    pg_backend_pid inet_client_addr values row array multiset unnest generate_series
    generate_subscripts json_each json_tree json_table jsonb_each jsonb_each_text
    json_each_text jsonb_array_elements json_array_elements jsonb_array_elements_text
    json_array_elements_text jsonb_object_keys json_object_keys jsonb_to_record
    jsonb_to_recordset json_to_record json_to_recordset json_populate_record
    jsonb_populate_record json_populate_recordset jsonb_populate_recordset
    regexp_split_to_table regexp_split_to_array regexp_matches regexp_match
    string_to_table string_to_array array_to_string array_to_json row_to_json
    json_build_object jsonb_build_object json_build_array jsonb_build_array
    json_strip_nulls jsonb_strip_nulls jsonb_pretty jsonb_set jsonb_set_lax jsonb_insert
    jsonb_concat jsonb_path_query jsonb_path_query_array jsonb_path_query_first json_set
    json_insert json_replace json_remove json_patch json_merge json_merge_patch
    json_merge_preserve json_array_append json_array_insert json_pretty json_compact
    json_loose json_detailed json_query json_group_array json_group_object
    jsonb_group_array jsonb_group_object json_agg jsonb_agg json_object_agg
    jsonb_object_agg json_arrayagg json_objectagg array_agg string_agg group_concat xmlagg
    count sum avg min max total every bool_and bool_or bit_and bit_or bit_xor stddev
    stddev_pop stddev_samp variance var_pop var_samp std corr covar_pop covar_samp
    regr_slope regr_intercept regr_r2 regr_count percentile_cont percentile_disc mode
    any_value median row_number rank dense_rank percent_rank cume_dist ntile lag lead
    first_value last_value nth_value grouping array_append array_prepend array_cat
    array_remove array_replace array_dims array_ndims array_lower array_upper
    array_positions array_fill array_shuffle array_sample trim_array to_tsvector
    to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_rank ts_rank_cd
    ts_headline setweight strip tsvector_to_array array_to_tsvector numnode querytree
    ts_filter ts_delete ts_lexize unaccent similarity word_similarity
    strict_word_similarity show_trgm levenshtein soundex difference metaphone dmetaphone
    crypt gen_salt digest hmac encode decode convert_from convert_to sha224 sha384 sha512
    gen_random_uuid uuid_generate_v4 uuid_generate_v1 uuid_generate_v1mc uuidv4 uuidv7
    uuid uuid_short random rand randomblob random_bytes setseed cbrt degrees radians pi
    sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh cot sind cosd tand
    factorial gcd lcm width_bucket scale min_scale trim_scale numeric_scale erf gamma
    bit_length get_bit get_byte set_bit set_byte quote_ident quote_literal quote_nullable
    parse_ident to_hex to_ascii overlay normalize is_normalized string concat_ws space
    repeat insert export_set make_set elt field ord char bin oct hex conv crc32c compress
    uncompress uncompressed_length aes_encrypt aes_decrypt from_base64 to_base64
    sec_to_time time_to_sec time_format maketime makedate period_add period_diff addtime
    subtime sysdate utc_timestamp get_format microsecond dayname monthname to_seconds
    from_days convert_tz timestamp_ceil statement_timestamp transaction_timestamp
    clock_timestamp timeofday date_bin isfinite make_timestamptz timezone pg_typeof
    format_type col_description obj_description to_regclass to_regtype
    pg_get_serial_sequence pg_get_expr pg_get_constraintdef pg_get_indexdef pg_get_viewdef
    pg_get_functiondef pg_get_triggerdef pg_table_is_visible pg_size_pretty
    pg_relation_size pg_total_relation_size pg_table_size pg_indexes_size pg_database_size
    pg_column_size pg_encoding_to_char pg_postmaster_start_time has_table_privilege
    has_schema_privilege has_column_privilege has_database_privilege current_setting
    txid_current pg_current_xact_id age mxid_age pg_is_in_recovery pg_advisory_lock
    pg_advisory_xact_lock pg_try_advisory_lock pg_try_advisory_xact_lock
    pg_advisory_unlock hashtext hashtextextended hashint8 abbrev broadcast family host
    hostmask masklen netmask network inet_same_family inet_merge inet_ntoa inet6_aton
    inet6_ntoa is_ipv4 is_ipv6 is_uuid int4range int8range numrange tsrange tstzrange
    daterange range_agg range_merge lower_inc upper_inc lower_inf upper_inf isempty
    st_distance st_dwithin st_contains st_within st_intersects st_makepoint st_setsrid
    st_point st_geomfromtext st_geomfromgeojson st_asgeojson st_astext st_x st_y st_buffer
    st_area st_transform st_distance_sphere st_srid st_collect st_union st_envelope
    st_makeenvelope earth_distance ll_to_earth cosine_distance l2_distance inner_product
    vector_dims match against bm25 highlight snippet sqlite_version sqlite_source_id
    printf zeroblob subtype instr likelihood unlikely iif trunc strftime julianday
    unixepoch timediff octet_length concat fts5 rtreecheck num_nonnulls enum_range
    enum_first enum_last get_lock release_lock is_free_lock is_used_lock name_const
    default benchmark_time cardinality nullif greatest least coalesce xmlelement xmlforest
    xmlconcat xpath xpath_exists xml_is_well_formed extractvalue updatexml json_normalize
    json_equals json_schema_valid substring_index regexp_like weight_string
    validate_password_strength bit_get_bit pg_advisory_lock_shared pg_advisory_unlock_all
    pg_advisory_unlock_shared pg_advisory_xact_lock_shared pg_try_advisory_lock_shared
    pg_try_advisory_xact_lock_shared pg_notify pg_current_wal_lsn pg_last_wal_replay_lsn
    pg_last_wal_receive_lsn pg_last_xact_replay_timestamp pg_wal_lsn_diff
    pg_current_snapshot pg_snapshot_xmin pg_blocking_pids pg_listening_channels
    pg_client_encoding pg_collation_for pg_column_compression pg_conf_load_time
    pg_describe_object pg_identify_object pg_function_is_visible pg_type_is_visible
    pg_get_function_arguments pg_get_function_identity_arguments pg_get_function_result
    pg_get_partkeydef pg_get_ruledef pg_get_userbyid pg_get_statisticsobjdef
    pg_get_keywords pg_has_role pg_is_other_temp_schema pg_my_temp_schema
    pg_partition_root pg_partition_tree pg_partition_ancestors pg_relation_filepath
    pg_relation_is_updatable pg_sequence_parameters pg_sequence_last_value pg_size_bytes
    pg_tablespace_location pg_timezone_names pg_timezone_abbrevs pg_trigger_depth
    pg_available_extensions pg_show_all_settings pg_lock_status pg_prepared_xact
    has_any_column_privilege has_function_privilege has_sequence_privilege
    has_type_privilege inet_server_addr inet_server_port inet_client_port
    row_security_active set_masklen shobj_description similar_to_escape to_regcollation
    to_regnamespace to_regproc to_regprocedure to_regrole to_regoper ts_debug ts_parse
    ts_token_type tsquery_phrase get_current_ts_config json_to_tsvector jsonb_to_tsvector
    jsonb_object jsonb_delete jsonb_path_exists_tz jsonb_path_query_tz multirange
    range_intersect_agg int4multirange int8multirange nummultirange datemultirange
    tsmultirange tstzmultirange point box circle line lseg path polygon area center
    diameter radius unistr xmlcomment xmlexists xmlroot xmlpi xmlparse xmlserialize asind
    acosd atand atan2d cotd random_normal array_sort array_reverse regexp_instr
    regexp_substr regexp_count time_bucket time_bucket_gapfill locf interpolate histogram
    l1_distance hamming_distance jaccard_distance vector_norm l2_normalize subvector
    binary_quantize hstore akeys avals skeys svals slice each pgp_sym_encrypt
    pgp_sym_decrypt pgp_pub_encrypt armor dearmor similarity_dist show_limit
    word_similarity_dist json_storage_size json_schema_validation_report bit_count
    coercibility charset collation is_ipv4_compat sha1 sha password old_password
    statement_digest statement_digest_text format_bytes format_pico_time
    ps_current_thread_id uuid_v4 uuid_v7 sys_guid natural_sort_key chr to_char add_months
    nvl2 json_unquote sqlite_compileoption_get sqlite_compileoption_used sqlite_offset
    matchinfo offsets regexpi percentile geopoly_area glob json_error_position jsonb_patch
    jsonb_remove jsonb_replace
    """
)

# the functions of PostGIS, SQLite's pragmas that are tables, and what Django gives to SQLite
_FAMILIES = ("st_", "pragma_", "django_", "pg_stat_get_")


def is_harmless(name: str) -> bool:
    """Whether a function of that name changes nothing but what it returns."""
    return name in HARMLESS or name.startswith(_FAMILIES)
