CREATE TABLE people (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL);
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY,
    owner_id INTEGER,
    content TEXT,
    vector TEXT,
    embedder_version VARCHAR(10),
    tokenizer_version INTEGER,
    embedded_at TIMESTAMP NULL,
    neighbours TEXT,
    FOREIGN KEY (owner_id) REFERENCES people (id)
);
