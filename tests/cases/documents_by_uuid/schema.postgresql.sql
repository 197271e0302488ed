CREATE TABLE accounts (slug VARCHAR(40) PRIMARY KEY, email VARCHAR(80) NOT NULL);
CREATE TABLE documents (
    id uuid PRIMARY KEY,
    account_slug VARCHAR(40),
    title TEXT,
    ocr_result json,
    ocr_version INTEGER,
    FOREIGN KEY (account_slug) REFERENCES accounts (slug)
);
CREATE TABLE blobs (
    hash bytea NOT NULL,
    page INTEGER NOT NULL,
    document_id uuid NOT NULL,
    thumbnail bytea,
    PRIMARY KEY (hash, page),
    FOREIGN KEY (document_id) REFERENCES documents (id)
);
