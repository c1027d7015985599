-- A form carries a key, and what was sent with it is known by a keyed hash: the same once more gets the same answer, and
-- something else under the same key is never answered as if it had been stored.
create table form_keys (
  org_id blob not null references organisations (id),
  key blob not null,
  fingerprint blob not null,
  sent_at integer not null,
  primary key (org_id, key)
) strict;
