INSERT INTO players VALUES
    (1, 'ann@example.com', 1), (2, 'bob@example.com', 2), (3, 'cem@example.com', NULL), (4, 'dia@example.com', 9);
INSERT INTO games VALUES
    (1, 1, '2026-07-01 10:00:00', 70, 16, 0.700, 'good'), (2, 1, '2026-07-02 10:00:00', 50, 16, 0.500, NULL),
    (3, 2, '2026-07-03 10:00:00', 20, 15, 0.200, 'bad'), (4, 2, '2026-07-04 10:00:00', NULL, 15, NULL, 'adjourned'),
    (5, 3, '2026-07-05 10:00:00', NULL, NULL, 0.000, ''), (6, 3, '2026-07-06 10:00:00', 0, 16, NULL, NULL);
