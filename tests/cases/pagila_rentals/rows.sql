INSERT INTO customer VALUES (1, 'Ann', 'ann@example.com'), (2, 'Bob', 'bob@example.com'), (3, 'Cem', NULL);
INSERT INTO film (film_id, title, description) VALUES
    (1, 'Academy Dinosaur', 'An epic drama of a feminist'), (2, 'Ace Goldfinger', NULL),
    (3, 'Adaptation Holes', 'An astounding reflection'), (4, 'Affair Prejudice', '');
INSERT INTO film_recommendation VALUES
    (1, 1, 'r11', '2026.1'), (1, 2, 'r12', '2025.4'), (1, 3, 'r13', '2025.3'), (2, 1, NULL, NULL),
    (2, 2, 'r22', NULL), (2, 4, 'r24', '2026.1'), (3, 2, 'r32', '2026.10');
INSERT INTO payment VALUES (1, 1, 1, 0.99, '2026-01-01 10:00:00+00'), (2, 2, 1, 2.99, '2026-01-02 10:00:00+00');
REFRESH MATERIALIZED VIEW sales_by_film;
INSERT INTO payment VALUES (3, 2, 3, 4.99, '2026-01-03 10:00:00+00');
