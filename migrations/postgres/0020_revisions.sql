-- An earlier text keeps who could see it, so that an entry that is opened to more people does not open its past to them.
-- Of the texts that are there already nobody knows it any more: only their author sees them.
alter table entry_revisions add column visibility text not null default 'author'
  check (visibility in ('everyone', 'supervisors', 'author'));
