-- Files that go along with the written answer to a request. Name and content lie sealed, the content in pieces; the answer
-- says until when they can be taken. The fingerprint is a keyed hash: what is sent twice is there once.
create table rights_enclosures (
  org_id blob not null,
  request_id blob not null,
  id blob not null,
  sealed_name blob not null,
  size integer not null,
  fingerprint blob not null,
  added_by blob not null references users (id),
  added_at integer not null,
  downloads integer not null,
  primary key (org_id, request_id, id),
  unique (org_id, request_id, fingerprint),
  foreign key (org_id, request_id) references rights_requests (org_id, id)
) strict;

create table rights_enclosure_pieces (
  org_id blob not null,
  request_id blob not null,
  enclosure_id blob not null,
  part integer not null,
  sealed blob not null,
  primary key (org_id, request_id, enclosure_id, part),
  foreign key (org_id, request_id, enclosure_id) references rights_enclosures (org_id, request_id, id) on delete cascade
) strict;
