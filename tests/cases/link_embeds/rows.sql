INSERT INTO users VALUES ('ann', 'ann@example.com'), ('bob', 'bob@example.com');
INSERT INTO articles VALUES
    (1, 'ann', '<p>1</p>'), (2, 'ann', ''), (3, 'bob', '<p>3</p>'), (4, NULL, '<p>4</p>'), (5, 'bob', '<p>5</p>');
INSERT INTO article_links VALUES
    (1, 'https://v.example/a'), (1, 'https://v.example/b'), (2, 'https://v.example/a'),
    (3, 'https://v.example/b'), (4, 'https://v.example/c'), (5, 'https://v.example/none');
INSERT INTO oembed_responses VALUES
    ('https://v.example/a', 320, '{"a": 320}', 3), ('https://v.example/a', 640, '{"a": 640}', 4),
    ('https://v.example/b', 320, '{"b": 320}', 4), ('https://v.example/c', 320, '', NULL),
    ('https://v.example/d', 320, '{"d": 320}', 2);
INSERT INTO article_mails VALUES (1, 1, 'm1'), (2, 2, 'm2'), (3, 3, 'm3'), (4, 4, 'm4'), (5, NULL, 'm5');
