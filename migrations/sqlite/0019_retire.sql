-- What is counted runs out by the daily run, like everything else.
delete from jobs where kind = 'consent.retire';

-- What a page counts is looked after once more, in case that its person withdrew while it was on its way.
create index consent_receipts_by_what_they_replace on consent_receipts (replaces) where replaces is not null;
