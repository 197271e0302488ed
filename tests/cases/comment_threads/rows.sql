INSERT INTO people VALUES (1, 'ann@example.com'), (2, 'bob@example.com'), (3, 'cem@example.com');
-- 1 is answered by 2 and 3, 2 by 4, 5 by 6, and 7 by nobody
INSERT INTO comments VALUES
    (1, NULL, 1, FALSE, 'a', '<a>', 2, NULL, '[1]', '2026-08-01 10:00:00'),
    (2, 1, 2, FALSE, 'b :)', '<b>', 1, '>a', '[2]', '2026-08-02 10:00:00'),
    (3, 1, 1, FALSE, 'c', '<c>', 2, '>a', '[3]', '2026-08-03 10:00:00'),
    (4, 2, 3, FALSE, 'd', '<d>', 2, '>b', '[4]', '2026-08-04 10:00:00'),
    (5, NULL, 2, TRUE, 'e :(', NULL, NULL, NULL, '[5]', '2026-08-05 10:00:00'),
    (6, 5, 3, FALSE, 'f', '<f>', 1, '', '', '2026-08-06 10:00:00'),
    (7, NULL, NULL, FALSE, NULL, '<g>', 2, NULL, '[7]', '2026-08-07 10:00:00');
INSERT INTO digests VALUES
    (1, 1, 3, 'thread', 't1'), (2, 1, 3, 'mail', 't2'), (3, 4, 2, 'mail', 't3'), (4, 4, 2, 'thread', NULL),
    (5, 7, 1, 'thread', 't5'), (6, 6, NULL, 'mail', 't6'), (7, 2, 1, 'thread', 't7'), (8, 3, 1, 'thread', 't8');
