CREATE TABLE accounts (slug VARCHAR(40) PRIMARY KEY, email VARCHAR(80) NOT NULL);
CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    account_slug VARCHAR(40),
    title TEXT,
    ocr_result JSON,
    ocr_version INTEGER,
    FOREIGN KEY (account_slug) REFERENCES accounts (slug)
);
CREATE TABLE blobs (
    hash BLOB NOT NULL,
    page INTEGER NOT NULL,
    document_id TEXT NOT NULL,
    thumbnail BLOB,
    PRIMARY KEY (hash, page),
    FOREIGN KEY (document_id) REFERENCES documents (id)
);
