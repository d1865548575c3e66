-- Expand only: 1.0 names no column that this takes away, and its inserts get the default.
alter table products add column delivery_days integer not null default 3;

update products set delivery_days = 1 where price_cents < 2000;
