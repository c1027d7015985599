-- A draft keeps what was chosen for it as well, so that what is meant for few does not come back as meant for everybody.
alter table drafts add column kind text not null default '';
alter table drafts add column visibility text not null default '';
alter table drafts add column occurred text not null default '';
