-- The published versions of the privacy policy, and what changed in the register of sub-processors.
-- Both are about the installation and no organisation, and both are public.

create table policy_versions (
  hash text not null primary key,
  number bigint not null unique,
  edition text not null,
  published_at bigint not null,
  effective_at bigint not null,
  weight text not null check (weight in ('material', 'minor')),
  changes text not null,
  document text not null,
  page text not null
);

-- What was published stays as it was, whoever writes to this table.
create function policy_versions_stay() returns trigger language plpgsql as $$
begin
  raise exception 'a published version never changes';
end
$$;
create trigger policy_versions_stay before update or delete on policy_versions
for each row execute function policy_versions_stay();

create table subprocessor_changes (
  number bigint not null primary key,
  change text not null check (change in ('opened', 'added', 'changed', 'removed')),
  name text not null,
  entry text not null,
  at bigint not null
);
