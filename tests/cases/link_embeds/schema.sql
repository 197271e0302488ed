CREATE TABLE users (login VARCHAR(40) PRIMARY KEY, email VARCHAR(80) NOT NULL);
CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    author VARCHAR(40),
    body_html TEXT NOT NULL,
    FOREIGN KEY (author) REFERENCES users (login)
);
CREATE TABLE article_links (
    article_id INTEGER NOT NULL,
    url VARCHAR(120) NOT NULL,
    PRIMARY KEY (article_id, url),
    FOREIGN KEY (article_id) REFERENCES articles (id)
);
CREATE TABLE oembed_responses (
    url VARCHAR(120) NOT NULL,
    width INTEGER NOT NULL,
    response TEXT NOT NULL,
    client_version INTEGER,
    PRIMARY KEY (url, width)
);
CREATE TABLE article_mails (
    id INTEGER PRIMARY KEY,
    article_id INTEGER,
    payload TEXT NOT NULL,
    FOREIGN KEY (article_id) REFERENCES articles (id)
);
