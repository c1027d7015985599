-- Where there are several operators, a hold that one of them asked for ends then, unless a second one asks for it too.
alter table legal_holds add column confirm_by integer;

-- One more kind of request: about decisions that a program makes alone (GDPR Art. 22).
alter table rights_requests rename column kind to kind_before;
alter table rights_requests add column kind text not null default 'access' check (kind in ('access', 'portability', 'rectification', 'erasure', 'restriction', 'objection', 'withdrawal', 'complaint', 'automated_decision', 'opt_out'));
update rights_requests set kind = kind_before;
alter table rights_requests drop column kind_before;
