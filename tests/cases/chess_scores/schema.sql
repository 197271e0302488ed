CREATE TABLE players (id INTEGER PRIMARY KEY, email VARCHAR(80) NOT NULL, ranking INTEGER);
CREATE TABLE games (
    id INTEGER PRIMARY KEY,
    player_id INTEGER NOT NULL,
    played_at TIMESTAMP NULL,
    raw_score INTEGER,
    engine_version INTEGER,
    normalised NUMERIC(6, 3),
    comment TEXT,
    FOREIGN KEY (player_id) REFERENCES players (id)
);
