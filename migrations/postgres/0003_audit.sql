-- The record of who did what: one hash chain an organisation. What is personal lies beside the chain,
-- sealed with the key of its subject, so that erasing it leaves the chain verifiable.

create table audit_heads (
  org_id uuid not null primary key references organisations (id),
  seq bigint not null,
  hash bytea not null,
  mac bytea not null
);

create table audit_events (
  org_id uuid not null references organisations (id),
  seq bigint not null,
  id uuid not null,
  at bigint not null,
  actor_id uuid,
  action text not null,
  subject_kind text not null,
  subject_id uuid not null,
  facts text not null,
  commitment bytea not null,
  previous bytea not null,
  hash bytea not null,
  primary key (org_id, seq)
);
create index audit_events_by_subject on audit_events (org_id, subject_kind, subject_id, seq);

create table audit_values (
  org_id uuid not null,
  seq bigint not null,
  subject_id uuid not null,
  sealed bytea not null,
  primary key (org_id, seq),
  foreign key (org_id, seq) references audit_events (org_id, seq)
);

create table subject_keys (
  org_id uuid not null references organisations (id),
  subject_id uuid not null,
  wrapped bytea not null,
  created_at bigint not null,
  primary key (org_id, subject_id)
);

-- The second lock: without the organisation set on the connection there are no rows.
alter table audit_heads enable row level security;
alter table audit_heads force row level security;
create policy tenant on audit_heads
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table audit_events enable row level security;
alter table audit_events force row level security;
create policy tenant on audit_events
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table audit_values enable row level security;
alter table audit_values force row level security;
create policy tenant on audit_values
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table subject_keys enable row level security;
alter table subject_keys force row level security;
create policy tenant on subject_keys
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
