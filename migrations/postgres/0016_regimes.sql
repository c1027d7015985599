-- Two more laws that set a clock: those of US states other than California (VA, CO, CT, OR, TX), and Brazil's.
alter table rights_settings drop constraint rights_settings_regime_check;
alter table rights_settings add constraint rights_settings_regime_check check (regime in ('gdpr', 'uk_gdpr', 'ccpa', 'us_state', 'lgpd'));
alter table rights_requests drop constraint rights_requests_regime_check;
alter table rights_requests add constraint rights_requests_regime_check check (regime in ('gdpr', 'uk_gdpr', 'ccpa', 'us_state', 'lgpd'));
