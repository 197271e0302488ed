INSERT INTO "Customer" VALUES
    (1, 'Ann', 'ann@example.com'), (2, 'Bob', 'bob@example.com'), (3, 'Cem', 'cem@example.com');
INSERT INTO "Invoice" VALUES
    (1, 1, '2026-01-31 23:59:59', 'Germany', 1.98, 'one'), (2, 1, '2026-02-01 00:00:00', 'Norway', 3.96, NULL),
    (3, 2, '2026-02-14 12:00:00', 'Germany', 0.00, 'three'), (4, 3, '2026-02-28 23:59:59', NULL, 5.94, 'four'),
    (5, 3, '2026-03-01 00:00:00', 'Germany', 0.99, 'five');
INSERT INTO "Track" VALUES (1, 'A', 0.99), (2, 'B', 1.99), (3, 'C', 0.99), (4, 'D', 0.99);
INSERT INTO "InvoiceLine" VALUES (1, 1, 1, 0.99, 2), (2, 2, 2, 1.98, 2), (3, 5, 3, 0.99, 1);
INSERT INTO "Playlist" VALUES (1, 'Music', 2.98), (2, 'Quiet', 0.99), (3, 'New', NULL), (4, 'Empty', 0.00);
INSERT INTO "PlaylistTrack" VALUES
    (1, 1, 'first'), (1, 2, NULL), (2, 1, 'calm'), (3, 2, 'fresh'), (3, 3, '');
