-- What is due is due on a day, and a day is no moment: it has no zone that could move it and is not an hour shorter when
-- clocks change. The day on which a case was closed is kept beside the moment, so that both can be compared.
alter table cases add column due_on text check (due_on like '____-__-__');
alter table cases add column closed_on text check (closed_on like '____-__-__');

-- This database knows no zones. What each organisation's clock showed since when stands in a table that the program
-- fills before this runs (server/db/offsets.rs).
update cases set
  due_on = (
    select date((due_at - ((due_at % 1000000) + 1000000) % 1000000) / 1000000 + z.seconds, 'unixepoch')
    from organisations o join zone_offsets z on z.time_zone = o.time_zone
    where o.id = cases.org_id and z.from_at <= cases.due_at
    order by z.from_at desc limit 1),
  closed_on = (
    select date((closed_at - ((closed_at % 1000000) + 1000000) % 1000000) / 1000000 + z.seconds, 'unixepoch')
    from organisations o join zone_offsets z on z.time_zone = o.time_zone
    where o.id = cases.org_id and z.from_at <= cases.closed_at
    order by z.from_at desc limit 1)
where due_at is not null or closed_at is not null;
drop table zone_offsets;

drop index cases_by_due;
drop index cases_live;
drop index cases_late;
alter table cases drop column due_at;
create index cases_by_due on cases (org_id, due_on, id);
create index cases_live on cases (org_id, assignee_id, due_on, restricted, assignee_label, state_kind, id) where state_kind <> 'closed';
create index cases_late on cases (org_id, due_on, restricted, state_kind, id) where state_kind <> 'closed';

-- Notes are shown anew: rules of Markdown had swallowed words. Until the work is done each is made when it is read.
update entries set body_html = '' where kind in ('note', 'call', 'meeting', 'email') and external_id is null;
insert into jobs (id, org_id, kind, payload, run_at, attempts, created_at)
select randomblob(16), id, 'notes.render', '', unixepoch() * 1000000, 0, unixepoch() * 1000000
from organisations where id <> zeroblob(16);
