-- What is due is due on a day, and a day is no moment: it has no zone that could move it and is not an hour shorter when
-- clocks change. The day on which a case was closed is kept beside the moment, so that both can be compared.
alter table cases add column due_on text check (due_on like '____-__-__');
alter table cases add column closed_on text check (closed_on like '____-__-__');

-- A zone that is unknown is UTC, as for the program.
alter table cases no force row level security;
update cases set
  due_on = to_char(to_timestamp(floor(due_at / 1000000.0)::double precision) at time zone z.name, 'YYYY-MM-DD'),
  closed_on = to_char(to_timestamp(floor(closed_at / 1000000.0)::double precision) at time zone z.name, 'YYYY-MM-DD')
from (
  select o.id, coalesce((select min(n.name) from pg_timezone_names n where lower(n.name) = lower(o.time_zone)), 'UTC') as name
  from organisations o) z
where z.id = cases.org_id and (due_at is not null or closed_at is not null);
set constraints all immediate;
alter table cases force row level security;

drop index cases_by_due;
drop index cases_live;
drop index cases_late;
alter table cases drop column due_at;
create index cases_by_due on cases (org_id, due_on, id);
create index cases_live on cases (org_id, assignee_id, due_on, restricted, assignee_label, id) where state_kind <> 'closed';
create index cases_late on cases (org_id, due_on, restricted, id) where state_kind <> 'closed';

-- Notes are shown anew: rules of Markdown had swallowed words. Until the work is done each is made when it is read.
alter table entries no force row level security;
update entries set body_html = '' where kind in ('note', 'call', 'meeting', 'email') and external_id is null;
set constraints all immediate;
alter table entries force row level security;
insert into jobs (id, org_id, kind, payload, run_at, attempts, created_at)
select gen_random_uuid(), id, 'notes.render', '', floor(extract(epoch from now()))::bigint * 1000000, 0, floor(extract(epoch from now()))::bigint * 1000000
from organisations where id <> '00000000-0000-0000-0000-000000000000';
