create table products (
  id integer generated always as identity primary key,
  name text not null,
  description text not null,
  price_cents integer not null check (price_cents > 0)
);

create table orders (
  id bigint generated always as identity primary key,
  email text not null,
  status text not null check (status in ('paying', 'paid')),
  total_cents integer not null,
  -- the release that took the order
  release text not null,
  placed_at timestamptz not null default now()
);

create table order_items (
  order_id bigint not null references orders,
  product_id integer not null references products,
  quantity integer not null check (quantity > 0),
  price_cents integer not null,
  primary key (order_id, product_id)
);

insert into products (name, description, price_cents) values
  ('Signal lamp', 'Red, green and white, with a shutter that clicks.', 4900),
  ('Station clock', 'Waits for the full minute, like the real one.', 12900),
  ('Conductor''s whistle', 'Brass. Heard across two platforms.', 1900),
  ('Timetable 1958', 'A reprint, 412 pages, every branch line.', 3500),
  ('Ticket punch', 'Five dies: star, heart, moon, key and crown.', 2700),
  ('Enamel sign "Mind the gap"', 'Fired twice, 30 by 40 centimetres.', 5900),
  ('Luggage net', 'Cotton and brass, for the hallway.', 7900),
  ('Dining car cup', 'Does not tip over in curves.', 1400),
  ('Lineside bell', 'Cast bronze, 1.2 kilograms.', 8800),
  ('Model turnout, left', 'Scale 1:87, with a hand lever.', 2100),
  ('Model turnout, right', 'Scale 1:87, with a hand lever.', 2100),
  ('Buffer stop', 'Scale 1:87, oak and iron.', 900);
