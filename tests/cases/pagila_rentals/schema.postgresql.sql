CREATE TABLE customer (customer_id integer PRIMARY KEY, first_name text NOT NULL, email text);
CREATE TABLE film (
    film_id integer PRIMARY KEY,
    title text NOT NULL,
    description text,
    fulltext tsvector NOT NULL,
    last_update timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER film_fulltext_trigger BEFORE INSERT OR UPDATE ON film FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger('fulltext', 'pg_catalog.english', 'title', 'description');
CREATE FUNCTION last_updated() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.last_update = clock_timestamp(); RETURN NEW; END $$;
CREATE TRIGGER last_updated BEFORE UPDATE ON film FOR EACH ROW EXECUTE FUNCTION last_updated();
CREATE TABLE film_recommendation (
    customer_id integer NOT NULL REFERENCES customer,
    film_id integer NOT NULL REFERENCES film,
    reason text,
    recommender_version text,
    PRIMARY KEY (customer_id, film_id)
);
CREATE TABLE payment (
    payment_id integer PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customer,
    film_id integer NOT NULL REFERENCES film,
    amount numeric(5, 2) NOT NULL,
    payment_date timestamptz NOT NULL
);
CREATE MATERIALIZED VIEW sales_by_film AS SELECT film_id, sum(amount) AS total_sales FROM payment GROUP BY film_id WITH DATA;
CREATE VIEW film_list AS SELECT film_id AS fid, title, description FROM film;
