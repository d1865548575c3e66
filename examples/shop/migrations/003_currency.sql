-- Fails halfway: the second statement has a mistake, when the first is done.
alter table orders add column currency text;

update orders set currncy = 'EUR';

alter table orders alter column currency set not null;
