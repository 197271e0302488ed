CREATE TABLE people (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL);
CREATE TABLE comments (
    id INTEGER PRIMARY KEY,
    parent_id INTEGER,
    author_id INTEGER,
    collapsed BOOLEAN NOT NULL,
    body TEXT,
    body_html TEXT,
    renderer_version INTEGER,
    quote_html TEXT,
    thread_html TEXT NOT NULL,
    created_at TIMESTAMP NULL,
    FOREIGN KEY (parent_id) REFERENCES comments (id),
    FOREIGN KEY (author_id) REFERENCES people (id)
);
CREATE TABLE digests (
    id INTEGER PRIMARY KEY,
    comment_id INTEGER NOT NULL,
    reader_id INTEGER,
    kind VARCHAR(20) NOT NULL,
    text TEXT,
    FOREIGN KEY (comment_id) REFERENCES comments (id),
    FOREIGN KEY (reader_id) REFERENCES people (id)
);
