-- The last statement has a mistake: the migration fails halfway, with the first two done.
alter table orders add column currency text;

update orders set currency = 'EUR';

alter table orders alter column currncy set not null;
