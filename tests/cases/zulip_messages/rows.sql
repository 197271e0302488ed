INSERT INTO zerver_userprofile VALUES
    (10, 'Ann', 'ann@example.com'), (11, 'Bob', 'bob@example.com'),
    (12, 'Cem', 'cem@example.com'), (13, 'Dia', 'dia@example.com');
INSERT INTO zerver_message VALUES
    (1, 10, 'ops', 'm1', '<p>m1</p>', 3, 's1', '2026-02-01 08:00:00'),
    (2, 10, 'ops', 'm2', '<p>m2</p>', 2, 's2', '2026-02-02 08:00:00'),
    (3, 11, 'ops', 'm3', '<p>m3</p>', 1, 's3', '2026-02-03 08:00:00'),
    (4, 11, 'ops', 'm4', NULL, NULL, 's4', '2026-02-04 08:00:00'),
    (5, 12, 'fun', 'm5', '<p>m5</p>', NULL, 's5', '2026-02-05 08:00:00'),
    (6, 13, 'fun', 'm6', '<p>m6</p>', 4, 's6', '2026-02-06 08:00:00'),
    (7, 12, 'fun', 'm7', '<p>m7</p>', 1, NULL, '2026-02-07 08:00:00');
INSERT INTO zerver_archivedmessage VALUES
    (101, 10, 'ops', 'a1', '<p>a1</p>', 1, '2025-02-01 08:00:00'),
    (102, 13, 'fun', 'a2', '<p>a2</p>', 3, '2025-02-02 08:00:00');
INSERT INTO zerver_stream VALUES
    (1, 'general', 10, 'd1', '<p>d1</p>', 'kept for ever'),
    (2, 'silent', 11, '', '', NULL),
    (3, 'devel', NULL, 'd3', '<p>d3</p>', 'kept for a year');
