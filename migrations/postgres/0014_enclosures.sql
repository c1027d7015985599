-- Files that go along with the written answer to a request. Name and content lie sealed, the content in pieces; the answer
-- says until when they can be taken. The fingerprint is a keyed hash: what is sent twice is there once.
create table rights_enclosures (
  org_id uuid not null,
  request_id uuid not null,
  id uuid not null,
  sealed_name bytea not null,
  size bigint not null,
  fingerprint bytea not null,
  added_by uuid not null references users (id),
  added_at bigint not null,
  downloads bigint not null,
  primary key (org_id, request_id, id),
  unique (org_id, request_id, fingerprint),
  foreign key (org_id, request_id) references rights_requests (org_id, id)
);

create table rights_enclosure_pieces (
  org_id uuid not null,
  request_id uuid not null,
  enclosure_id uuid not null,
  part bigint not null,
  sealed bytea not null,
  primary key (org_id, request_id, enclosure_id, part),
  foreign key (org_id, request_id, enclosure_id) references rights_enclosures (org_id, request_id, id) on delete cascade
);

alter table rights_enclosures enable row level security;
alter table rights_enclosures force row level security;
create policy tenant on rights_enclosures
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
alter table rights_enclosure_pieces enable row level security;
alter table rights_enclosure_pieces force row level security;
create policy tenant on rights_enclosure_pieces
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
