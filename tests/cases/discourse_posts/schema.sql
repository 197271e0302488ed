CREATE TABLE users (id INTEGER PRIMARY KEY, username VARCHAR(60) NOT NULL);
CREATE TABLE user_emails (
    id INTEGER PRIMARY KEY,
    user_id INTEGER NOT NULL,
    email VARCHAR(200) NOT NULL,
    "primary" BOOLEAN NOT NULL,
    FOREIGN KEY (user_id) REFERENCES users (id)
);
CREATE TABLE topics (id INTEGER PRIMARY KEY, title VARCHAR(200) NOT NULL);
CREATE TABLE posts (
    id INTEGER PRIMARY KEY,
    user_id INTEGER,
    topic_id INTEGER NOT NULL,
    raw TEXT NOT NULL,
    cooked TEXT NOT NULL,
    baked_version INTEGER,
    created_at TIMESTAMP NULL,
    FOREIGN KEY (user_id) REFERENCES users (id),
    FOREIGN KEY (topic_id) REFERENCES topics (id)
);
CREATE TABLE quoted_posts (
    id INTEGER PRIMARY KEY,
    post_id INTEGER NOT NULL,
    quoted_post_id INTEGER NOT NULL,
    UNIQUE (post_id, quoted_post_id),
    FOREIGN KEY (post_id) REFERENCES posts (id),
    FOREIGN KEY (quoted_post_id) REFERENCES posts (id)
);
CREATE TABLE post_search_data (
    post_id INTEGER PRIMARY KEY,
    search_data TEXT,
    version INTEGER,
    FOREIGN KEY (post_id) REFERENCES posts (id)
);
CREATE TABLE post_custom_fields (
    id INTEGER PRIMARY KEY,
    post_id INTEGER NOT NULL,
    name VARCHAR(80) NOT NULL,
    value TEXT,
    FOREIGN KEY (post_id) REFERENCES posts (id)
);
CREATE TABLE ai_posts_embeddings (
    post_id INTEGER NOT NULL,
    model_id INTEGER NOT NULL,
    strategy_id INTEGER NOT NULL,
    digest VARCHAR(80) NOT NULL,
    embeddings TEXT NOT NULL,
    PRIMARY KEY (model_id, strategy_id, post_id),
    FOREIGN KEY (post_id) REFERENCES posts (id)
);
CREATE TABLE ai_summaries (
    id INTEGER PRIMARY KEY,
    target_id INTEGER NOT NULL,
    target_type VARCHAR(40) NOT NULL,
    summary_type INTEGER NOT NULL,
    summarized_text TEXT NOT NULL,
    algorithm VARCHAR(80) NOT NULL
);
