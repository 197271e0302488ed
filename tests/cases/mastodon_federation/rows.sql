INSERT INTO accounts VALUES
    (1, 'ann', NULL), (2, 'bob', NULL), (3, 'cem', 'social.example'), (4, 'dia', ''), (5, 'eva', NULL);
INSERT INTO users VALUES (1, 'ann@example.com', 1), (2, 'bob@example.com', 2);
INSERT INTO account_stats VALUES
    (11, 1, 3, 4, 5, NULL), (12, 2, 0, 0, 0, NULL), (13, 3, 30, 40, 50, NULL),
    (14, 4, 7, 8, 9, NULL), (15, 5, 1, 1, 1, NULL);
INSERT INTO statuses VALUES
    (112000000000000101, 1, NULL, 'mine', '2026-05-01 10:00:00'),
    (112000000000000102, 3, 'https://social.example/2', 'theirs', '2026-05-02 10:00:00'),
    (112000000000000103, 4, 'https://else.example/3', 'also theirs', '2026-05-03 10:00:00'),
    (112000000000000104, 3, 'https://social.example/4', '', '2026-05-04 10:00:00'),
    (112000000000000105, 2, NULL, 'his', '2026-05-05 10:00:00');
INSERT INTO preview_cards VALUES
    (1, 'https://a.example', 'd1', '<i>1</i>'), (2, 'https://b.example', 'd2', '<i>2</i>'),
    (3, 'https://c.example', 'd3', ''), (4, 'https://d.example', 'd4', '<i>4</i>'),
    (5, 'https://e.example', '', '<i>5</i>'), (6, 'https://f.example', 'd6', '<i>6</i>');
INSERT INTO preview_cards_statuses VALUES
    (1, 112000000000000101), (2, 112000000000000102), (3, 112000000000000103),
    (4, 112000000000000104), (6, 112000000000000101), (6, 112000000000000103);
