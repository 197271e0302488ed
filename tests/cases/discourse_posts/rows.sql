INSERT INTO users VALUES (1, 'ann'), (2, 'bob'), (3, 'cem'), (4, 'dia'), (5, 'eva');
-- bob has an older address too; none of eva's two is the primary one
INSERT INTO user_emails VALUES
    (1, 1, 'ann@example.com', TRUE), (2, 2, 'bob@example.com', TRUE), (3, 2, 'bob@old.example.com', FALSE),
    (4, 3, 'cem@example.com', TRUE), (5, 4, 'dia@example.com', TRUE),
    (6, 5, 'eva@example.com', FALSE), (7, 5, 'eva@old.example.com', FALSE);
INSERT INTO topics VALUES (1, 't1'), (2, 't2'), (3, 't3'), (4, 't4'), (5, 't5');
INSERT INTO posts VALUES
    (1, 1, 1, 'r1', '<p>1</p>', 2, '2026-03-01 09:00:00'),
    (2, 2, 1, 'r2', '<p>2</p>', 1, '2026-03-02 09:00:00'),
    (3, 3, 1, 'r3', '<p>3</p>', NULL, '2026-03-03 09:00:00'),
    (4, 1, 2, 'r4', '<p>4</p>', 2, '2026-03-04 09:00:00'),
    (5, 2, 2, 'r5', '<p>5</p>', 0, '2026-03-05 09:00:00'),
    (6, 4, 3, 'r6', '<p>6</p>', 2, '2026-03-06 09:00:00'),
    (7, NULL, 3, 'r7', '<p>7</p>', 1, '2026-03-07 09:00:00'),
    (8, 5, 4, '', '', NULL, '2026-03-08 09:00:00');
INSERT INTO quoted_posts VALUES (1, 4, 2), (2, 6, 1), (3, 1, 4), (4, 1, 7), (5, 8, 3), (6, 5, 3);
INSERT INTO post_search_data VALUES
    (1, '''r1''', 5), (2, '''r2''', 5), (3, '''r3''', 4), (5, NULL, NULL), (6, '''r6''', 4), (7, '''r7''', 5);
INSERT INTO post_custom_fields VALUES
    (1, 4, 'quotations', 'of 2'), (2, 6, 'quotations', 'of 1'), (3, 1, 'quotations', 'of 4 and 7'),
    (4, 4, 'notice', 'of 2'), (5, 2, 'quotations', 'of nobody'), (6, 8, 'quotations', NULL),
    (7, 5, 'quotations', 'of 3');
INSERT INTO ai_posts_embeddings VALUES
    (1, 1, 1, 'd1', '[0.1]'), (2, 1, 1, 'd2', '[0.2]'), (3, 1, 1, 'd3', '[0.3]'),
    (2, 2, 1, 'd4', '[0.4]'), (6, 1, 1, 'd6', '[0.6]');
INSERT INTO ai_summaries VALUES
    (1, 1, 'Topic', 0, 'long 1', 'llm'), (2, 1, 'Topic', 1, 'gist 1', 'llm'),
    (3, 2, 'Topic', 0, 'long 2', 'llm'), (4, 3, 'Topic', 1, 'gist 3', 'llm'),
    (5, 1, 'Post', 0, 'of a post', 'llm'), (6, 4, 'Topic', 0, 'long 4', 'llm'),
    (7, 5, 'Topic', 0, 'long 5', 'llm');
