-- The published versions of the privacy policy, and what changed in the register of sub-processors.
-- Both are about the installation and no organisation, and both are public.

create table policy_versions (
  hash text not null primary key,
  number integer not null unique,
  edition text not null,
  published_at integer not null,
  effective_at integer not null,
  weight text not null check (weight in ('material', 'minor')),
  changes text not null,
  document text not null,
  page text not null
) strict;

-- What was published stays as it was, whoever writes to this table.
create trigger policy_versions_stay before update on policy_versions
begin
  select raise(abort, 'a published version never changes');
end;
create trigger policy_versions_remain before delete on policy_versions
begin
  select raise(abort, 'a published version is never removed');
end;

create table subprocessor_changes (
  number integer not null primary key,
  change text not null check (change in ('opened', 'added', 'changed', 'removed')),
  name text not null,
  entry text not null,
  at integer not null
) strict;
