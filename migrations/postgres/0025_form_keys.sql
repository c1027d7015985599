-- A form carries a key, and what was sent with it is known by a keyed hash: the same once more gets the same answer, and
-- something else under the same key is never answered as if it had been stored.
create table form_keys (
  org_id uuid not null references organisations (id),
  key uuid not null,
  fingerprint bytea not null,
  sent_at bigint not null,
  primary key (org_id, key)
);

alter table form_keys enable row level security;
alter table form_keys force row level security;
create policy tenant on form_keys
  using (org_id = nullif(current_setting('casetrakr.org', true), '')::uuid);
