CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL);
CREATE TABLE pages (
    id INTEGER PRIMARY KEY,
    author_id INTEGER,
    body TEXT NOT NULL,
    edited_at TIMESTAMP NULL,
    FOREIGN KEY (author_id) REFERENCES users (id)
);
CREATE TABLE page_summaries (
    page_id INTEGER PRIMARY KEY,
    summary TEXT,
    model_version VARCHAR(20),
    computed_at TIMESTAMP NULL,
    FOREIGN KEY (page_id) REFERENCES pages (id)
);
CREATE TABLE page_links (
    id INTEGER PRIMARY KEY,
    from_page INTEGER NOT NULL,
    to_page INTEGER NOT NULL,
    label VARCHAR(80),
    snippet TEXT,
    snippet_at TIMESTAMP NULL,
    FOREIGN KEY (from_page) REFERENCES pages (id),
    FOREIGN KEY (to_page) REFERENCES pages (id)
);
CREATE TABLE front_page (lang VARCHAR(5) PRIMARY KEY, digest TEXT);
