-- An account whose use is restricted, and from when on it no longer is once that has been announced.
alter table users add column restricted_at integer;
alter table users add column restriction_ends_at integer;

-- An appeal is a request of its own about a refused one. Who refused is kept, so that somebody else decides it.
alter table rights_requests add column appeal_of blob;
alter table rights_requests add column decided_by blob references users (id);
alter table rights_requests add column refused_at integer;
-- Until when the operator passes a request on that is an organisation's, and when it was warned that this is late.
alter table rights_requests add column forward_by text;
alter table rights_requests add column forward_alerted_at integer;
-- The day that counts next for whoever looks after it; the list is in this order.
alter table rights_requests add column next_on text not null default '';
update rights_requests set next_on = due_on;

create index rights_requests_to_do on rights_requests (org_id, next_on, id) where closed_at is null;
create index rights_requests_done on rights_requests (org_id, closed_at, id) where closed_at is not null;
create unique index rights_requests_by_appeal on rights_requests (org_id, appeal_of) where appeal_of is not null;

-- What became of a request in numbers that name nobody, such as how many rows of an account were erased.
create table rights_outcomes (
  org_id blob not null,
  request_id blob not null,
  at integer not null,
  certificate text not null,
  primary key (org_id, request_id),
  foreign key (org_id, request_id) references rights_requests (org_id, id)
) strict;
