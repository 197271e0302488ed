CREATE TABLE accounts (slug VARCHAR(40) PRIMARY KEY, email VARCHAR(80) NOT NULL);
CREATE TABLE documents (
    id UUID PRIMARY KEY,
    account_slug VARCHAR(40),
    title TEXT,
    ocr_result JSON,
    ocr_version INTEGER,
    FOREIGN KEY (account_slug) REFERENCES accounts (slug)
);
CREATE TABLE blobs (
    hash VARBINARY(32) NOT NULL,
    page INTEGER NOT NULL,
    document_id UUID NOT NULL,
    thumbnail LONGBLOB,
    PRIMARY KEY (hash, page),
    FOREIGN KEY (document_id) REFERENCES documents (id)
);
