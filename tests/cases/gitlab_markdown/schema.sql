CREATE TABLE users (id INTEGER PRIMARY KEY, username VARCHAR(80) NOT NULL, email VARCHAR(80) NOT NULL);
CREATE TABLE issues (
    id INTEGER PRIMARY KEY,
    iid INTEGER,
    author_id INTEGER,
    title VARCHAR(200) NOT NULL,
    title_html TEXT,
    description TEXT,
    description_html TEXT,
    cached_markdown_version INTEGER,
    created_at TIMESTAMP NULL,
    FOREIGN KEY (author_id) REFERENCES users (id)
);
CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    note TEXT,
    note_html TEXT,
    cached_markdown_version INTEGER,
    author_id INTEGER,
    noteable_type VARCHAR(40),
    noteable_id INTEGER,
    system BOOLEAN NOT NULL,
    created_at TIMESTAMP NULL,
    FOREIGN KEY (author_id) REFERENCES users (id)
);
