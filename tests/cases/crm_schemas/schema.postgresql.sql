CREATE SCHEMA app;
CREATE SCHEMA crm;
CREATE SCHEMA ai;
CREATE TABLE app.members (id uuid PRIMARY KEY, email text NOT NULL);
CREATE TABLE public.members (id uuid PRIMARY KEY, email text NOT NULL);
CREATE TABLE crm.companies (id uuid PRIMARY KEY, website text, notes text, updated_at timestamptz);
CREATE TABLE crm.contacts (
    id uuid PRIMARY KEY,
    company_id uuid REFERENCES crm.companies,
    owner_id uuid REFERENCES app.members,
    job_title text,
    profile jsonb,
    profile_version text,
    profiled_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE TABLE ai.pitches (
    contact_id uuid NOT NULL REFERENCES crm.contacts,
    kind text NOT NULL,
    draft json,
    PRIMARY KEY (contact_id, kind)
);
