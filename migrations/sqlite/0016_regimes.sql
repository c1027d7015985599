-- Two more laws that set a clock: those of US states other than California (VA, CO, CT, OR, TX), and Brazil's.
alter table rights_settings rename column regime to regime_before;
alter table rights_settings add column regime text not null default 'gdpr' check (regime in ('gdpr', 'uk_gdpr', 'ccpa', 'us_state', 'lgpd'));
update rights_settings set regime = regime_before;
alter table rights_settings drop column regime_before;
alter table rights_requests rename column regime to regime_before;
alter table rights_requests add column regime text not null default 'gdpr' check (regime in ('gdpr', 'uk_gdpr', 'ccpa', 'us_state', 'lgpd'));
update rights_requests set regime = regime_before;
alter table rights_requests drop column regime_before;
