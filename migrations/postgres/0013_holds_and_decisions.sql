-- Where there are several operators, a hold that one of them asked for ends then, unless a second one asks for it too.
alter table legal_holds add column confirm_by bigint;

-- One more kind of request: about decisions that a program makes alone (GDPR Art. 22).
alter table rights_requests drop constraint rights_requests_kind_check;
alter table rights_requests add constraint rights_requests_kind_check check (kind in ('access', 'portability', 'rectification', 'erasure', 'restriction', 'objection', 'withdrawal', 'complaint', 'automated_decision', 'opt_out'));
