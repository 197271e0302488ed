CREATE TABLE accounts (id BIGINT PRIMARY KEY, username VARCHAR(80) NOT NULL, domain VARCHAR(200));
CREATE TABLE users (
    id BIGINT PRIMARY KEY,
    email VARCHAR(200) NOT NULL,
    account_id BIGINT NOT NULL UNIQUE,
    FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE TABLE account_stats (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL UNIQUE,
    statuses_count BIGINT DEFAULT 0 NOT NULL,
    following_count BIGINT DEFAULT 0 NOT NULL,
    followers_count BIGINT DEFAULT 0 NOT NULL,
    last_status_at TIMESTAMP NULL,
    FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE TABLE statuses (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    uri VARCHAR(200),
    text TEXT NOT NULL,
    created_at TIMESTAMP NULL,
    FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE TABLE preview_cards (
    id BIGINT PRIMARY KEY,
    url VARCHAR(200) NOT NULL UNIQUE,
    description TEXT NOT NULL,
    html TEXT NOT NULL
);
CREATE TABLE preview_cards_statuses (
    preview_card_id BIGINT NOT NULL,
    status_id BIGINT NOT NULL,
    PRIMARY KEY (status_id, preview_card_id),
    FOREIGN KEY (preview_card_id) REFERENCES preview_cards (id),
    FOREIGN KEY (status_id) REFERENCES statuses (id)
);
