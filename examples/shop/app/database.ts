import pg from "pg";

export interface Product {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly price_cents: number;
  /** Undefined where the schema has no such column yet. */
  readonly delivery_days?: number;
}

export interface OrderLine {
  readonly product: number;
  readonly quantity: number;
}

export interface Order {
  readonly id: string;
  readonly email: string;
  readonly status: "paying" | "paid";
  readonly total_cents: number;
  readonly release: string;
}

/** The shop's tables. */
export interface Database {
  products(): Promise<readonly Product[]>;
  product(id: number): Promise<Product | undefined>;
  /** Writes an order; undefined where it names a product that is not there. */
  placeOrder(order: {
    email: string;
    lines: readonly OrderLine[];
    status: Order["status"];
  }): Promise<Order | undefined>;
  markPaid(id: string): Promise<Order>;
  order(id: string): Promise<Order | undefined>;
  /** Resolves where the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** `release` is written on the orders. Connects on first use, so the shop starts without its database. */
export function openDatabase(url: string, release: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: 5,
    connectionTimeoutMillis: 5000,
    query_timeout: 10_000,
    application_name: `shop ${release}`,
  });
  // An idle connection that breaks is replaced by the next query; unheard, the event would end the process.
  pool.on("error", (error) => console.error(`database connection lost: ${error.message}`));

  const rows = async <Row>(text: string, values: readonly unknown[] = []) =>
    (await pool.query(text, [...values])).rows as Row[];

  return {
    // `select *`, and never a named statement: the schema may get a column while this release runs,
    // and the release that shows it may run before the column is there.
    products: () => rows<Product>("select * from products order by id"),
    product: async (id) => (await rows<Product>("select * from products where id = $1", [id]))[0],
    placeOrder: async ({ email, lines, status }) =>
      (
        await rows<Order>(placeOrder, [
          lines.map((line) => line.product),
          lines.map((line) => line.quantity),
          email,
          status,
          release,
        ])
      )[0],
    markPaid: async (id) => {
      const [order] = await rows<Order>(
        "update orders set status = 'paid' where id = $1 returning id, email, status, total_cents, release",
        [id],
      );
      if (order === undefined) throw new Error(`order ${id} is gone`);
      return order;
    },
    order: async (id) =>
      (
        await rows<Order>("select id, email, status, total_cents, release from orders where id = $1", [id])
      )[0],
    ping: async () => {
      await rows("select 1");
    },
    close: () => pool.end(),
  };
}

/** One statement, so one transaction: the order and its lines, or nothing where a product is unknown. */
const placeOrder = `
with lines as (
  select product_id, sum(quantity)::integer as quantity
  from unnest($1::integer[], $2::integer[]) as line (product_id, quantity) group by product_id
), priced as (
  select product_id, quantity, price_cents from lines join products on products.id = product_id
), placed as (
  insert into orders (email, status, total_cents, release)
  select $3, $4, sum(quantity * price_cents), $5 from priced
  having count(*) > 0 and count(*) = (select count(*) from lines)
  returning id, email, status, total_cents, release
), written as (
  insert into order_items (order_id, product_id, quantity, price_cents)
  select placed.id, product_id, quantity, price_cents from placed, priced
)
select * from placed`;
