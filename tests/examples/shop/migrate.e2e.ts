import { expect } from "chai";
import { startLoad } from "../../../bench/load.ts";
import { shopGround, type ShopGround } from "./ground.ts";
import { ask, emptyDatabase, killShops, runMigration, startHealthyShop } from "./shopProcess.ts";

describe("the shop's migrations", function () {
  this.timeout(60_000);
  let ground: ShopGround;
  let url: string;

  before(async () => (ground = await shopGround()));
  beforeEach(async () => (url = await emptyDatabase(ground.databaseUrl)));
  afterEach(killShops);
  after(() => ground.close());

  const columns = async (table: string) =>
    (await ask(url, `select column_name from information_schema.columns where table_name = '${table}'`)).map(
      ({ column_name }) => column_name,
    );
  const applied = async () =>
    (await ask(url, "select name from migrations order by name")).map(({ name }) => name);

  it("bring an empty database up to a release, once", async () => {
    const image = await ground.image("1.1");
    const first = await runMigration(image, url);
    expect(first, first.output).to.include({ code: 0 });
    expect(first.output).to.include("applied 001_shop.sql, 002_delivery_days.sql");
    expect(await columns("products")).to.include("delivery_days");
    const second = await runMigration(image, url);
    expect(second, second.output).to.include({ code: 0 });
    expect(second.output).to.include("nothing to do");
    expect(await ask(url, "select count(*)::integer as count from products")).to.deep.equal([{ count: 12 }]);
  });

  it("wait for each other when several start at once", async () => {
    const image = await ground.image("1.1");
    const runs = await Promise.all([1, 2, 3].map(() => runMigration(image, url)));
    expect(
      runs.map(({ code }) => code),
      runs.map(({ output }) => output).join(""),
    ).to.deep.equal([0, 0, 0]);
    expect(runs.filter(({ output }) => output.includes("nothing to do"))).to.have.length(2);
    expect(await applied()).to.deep.equal(["001_shop.sql", "002_delivery_days.sql"]);
  });

  it("of an older release leave a newer schema alone", async () => {
    await runMigration(await ground.image("1.1"), url);
    const older = await runMigration(await ground.image("1.0"), url);
    expect(older, older.output).to.include({ code: 0 });
    expect(await columns("products")).to.include("delivery_days");
  });

  it("that fail halfway leave the schema as it was, and name file, line and reason", async () => {
    await runMigration(await ground.image("1.0"), url);
    const bad = await runMigration(await ground.image("1.2-bad-migration"), url);
    expect(bad.code).to.equal(1);
    expect(bad.output).to.include('003_currency.sql:4: column "currncy" of relation "orders" does not exist');
    expect(bad.output).to.include("rolled back, the schema is as it was");
    // Its first file would have been 1.1's: nothing of the whole run is left.
    expect(await applied()).to.deep.equal(["001_shop.sql"]);
    expect(await columns("orders")).not.to.include("currency");
    expect(await columns("products")).not.to.include("delivery_days");
    const good = await runMigration(await ground.image("1.1"), url);
    expect(good, good.output).to.include({ code: 0 });
  });

  it("say what is missing without a database", async () => {
    const { code, output } = await runMigration(await ground.image("1.0"), "");
    expect(code).to.equal(1);
    expect(output).to.include("DATABASE_URL is not set");
  });

  it("cost neither 1.0 nor 1.1 a single request, before, while and after they run", async () => {
    await runMigration(await ground.image("1.0"), url);
    const shops = await Promise.all(
      (["1.0", "1.1"] as const).map(async (name) =>
        startHealthyShop({
          image: await ground.image(name),
          databaseUrl: url,
          env: { CHECKOUT_SECONDS: "1" },
        }),
      ),
    );
    const loads = shops.map((shop) => startLoad({ url: shop.url, rate: 100, connections: 16 }));
    const answered = (least: number) =>
      new Promise<void>((resolve) => {
        const timer = setInterval(() => {
          if (!loads.every((load) => load.snapshot().answered >= least)) return;
          clearInterval(timer);
          resolve();
        }, 20);
      });
    await answered(100);
    const migration = await runMigration(await ground.image("1.1"), url);
    expect(migration, migration.output).to.include({ code: 0 });
    await answered(Math.max(...loads.map((load) => load.snapshot().answered)) + 100);
    for (const load of loads) {
      const { failed, failures, releases } = await load.stop();
      expect(failures).to.deep.equal([]);
      expect(failed).to.equal(0);
      expect(Object.keys(releases)).to.have.length(1);
    }
    const unpaid = await ask(url, "select count(*)::integer as count from orders where status <> 'paid'");
    expect(unpaid).to.deep.equal([{ count: 0 }]);
  });
});
