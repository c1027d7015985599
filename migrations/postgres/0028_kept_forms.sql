-- Whose a kept form is, so that nobody can fill the database with them: a keyed hash of the account, or of a stranger's
-- network.
alter table kept_forms add column owner bytea not null default '';
alter table kept_forms add column of_account bigint not null default 0 check (of_account in (0, 1));
create index kept_forms_by_owner on kept_forms (owner, expires_at);
