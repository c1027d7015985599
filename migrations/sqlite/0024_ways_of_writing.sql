-- How an organisation writes numbers and dates, and what a file that is imported says of how it is written.
alter table organisations add column locale text not null default 'en-GB'
  check (locale in ('en-GB', 'en-US', 'de-DE', 'de-CH', 'fr-FR', 'nl-NL'));
alter table imports add column findings text not null default '{}' check (json_valid(findings));
