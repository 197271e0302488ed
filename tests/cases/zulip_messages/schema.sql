CREATE TABLE zerver_userprofile (
    id INTEGER PRIMARY KEY, full_name VARCHAR(100) NOT NULL, delivery_email VARCHAR(254) NOT NULL
);
CREATE TABLE zerver_message (
    id INTEGER PRIMARY KEY,
    sender_id INTEGER NOT NULL,
    subject VARCHAR(60) NOT NULL,
    content TEXT NOT NULL,
    rendered_content TEXT,
    rendered_content_version INTEGER,
    search_text TEXT,
    date_sent TIMESTAMP NULL,
    FOREIGN KEY (sender_id) REFERENCES zerver_userprofile (id)
);
CREATE TABLE zerver_archivedmessage (
    id INTEGER PRIMARY KEY,
    sender_id INTEGER NOT NULL,
    subject VARCHAR(60) NOT NULL,
    content TEXT NOT NULL,
    rendered_content TEXT,
    rendered_content_version INTEGER,
    date_sent TIMESTAMP NULL,
    FOREIGN KEY (sender_id) REFERENCES zerver_userprofile (id)
);
CREATE TABLE zerver_stream (
    id INTEGER PRIMARY KEY,
    name VARCHAR(60) NOT NULL,
    creator_id INTEGER,
    description VARCHAR(1024) NOT NULL,
    rendered_description TEXT NOT NULL,
    history_note TEXT,
    FOREIGN KEY (creator_id) REFERENCES zerver_userprofile (id)
);
