-- The record of who did what: one hash chain an organisation. What is personal lies beside the chain,
-- sealed with the key of its subject, so that erasing it leaves the chain verifiable.

create table audit_heads (
  org_id blob not null primary key references organisations (id),
  seq integer not null,
  hash blob not null,
  mac blob not null
) strict;

create table audit_events (
  org_id blob not null references organisations (id),
  seq integer not null,
  id blob not null,
  at integer not null,
  actor_id blob,
  action text not null,
  subject_kind text not null,
  subject_id blob not null,
  facts text not null,
  commitment blob not null,
  previous blob not null,
  hash blob not null,
  primary key (org_id, seq)
) strict;
create index audit_events_by_subject on audit_events (org_id, subject_kind, subject_id, seq);

create table audit_values (
  org_id blob not null,
  seq integer not null,
  subject_id blob not null,
  sealed blob not null,
  primary key (org_id, seq),
  foreign key (org_id, seq) references audit_events (org_id, seq)
) strict;

create table subject_keys (
  org_id blob not null references organisations (id),
  subject_id blob not null,
  wrapped blob not null,
  created_at integer not null,
  primary key (org_id, subject_id)
) strict;
