import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { parseConfiguration } from "../../../../examples/shop/front/configuration.ts";

const folder = new URL("../../../../examples/shop/front/", import.meta.url);
const filledIn = async (file: string) =>
  (await readFile(new URL(file, folder), "utf8")).replaceAll("${SHOP_LISTEN}", "127.0.0.1:8080");

/** A server around some directives, which begin in line 2. */
const server = (text: string) =>
  `http { upstream shop { server 127.0.0.1:1; } server { listen 80;\n${text}\n} }`;

describe("the own front's reading of nginx.conf", () => {
  it("reads the shop's", async () => {
    const { host, port, headers, locations } = parseConfiguration(await filledIn("nginx.conf"), "nginx.conf");
    expect({ host, port }).to.deep.equal({ host: "127.0.0.1", port: 8080 });
    expect(headers.map(({ name }) => name)).to.include.members(["x-release", "x-colour"]);
    expect(locations.map(({ path, exact }) => [path, exact])).to.deep.include.members([
      ["/", false],
      ["/events", true],
    ]);
    expect(locations.find(({ path }) => path === "/")?.maxBody).to.equal(65_536);
    expect(locations.find(({ path }) => path === "/favicon.ico")?.answer?.status).to.equal(204);
  });

  it("refuses the bad release's with nginx's words, file and line", async () => {
    const text = await filledIn("nginx.bad.conf");
    const line = text.split("\n").findIndex((content) => /proxy_pas\b/.test(content)) + 1;
    expect(() => parseConfiguration(text, "/image/nginx.conf")).to.throw(
      `nginx: [emerg] unknown directive "proxy_pas" in /image/nginx.conf:${line}`,
    );
  });

  const wrong: Readonly<Record<string, readonly [text: string, says: string]>> = {
    "a missing semicolon": [
      server("location / { proxy_pass http://shop }"),
      'unexpected "}" in nginx.conf:2',
    ],
    "a missing brace": [
      "http {\nserver {\nlisten 80;\n}\n",
      'unexpected end of file, expecting "}" in nginx.conf:4',
    ],
    "a brace too many": ["http { }\n}\n", 'unexpected "}" in nginx.conf:2'],
    "a directive out of place": ["listen 80;", '"listen" directive is not allowed here in nginx.conf:1'],
    "too few words": [
      server("add_header x;"),
      'invalid number of arguments in "add_header" directive in nginx.conf:2',
    ],
    "a block without braces": [
      server("location /;"),
      'directive "location" has no opening "{" in nginx.conf:2',
    ],
    "braces without a block": [
      server("listen 81 { }"),
      'directive "listen" is not terminated by ";" in nginx.conf:2',
    ],
    "an upstream that is not there": [
      server("location / { proxy_pass http://shp; }"),
      'host not found in upstream "shp" in nginx.conf:2',
    ],
    "a wrong size": [
      server("location / { proxy_pass http://shop; client_max_body_size 1x; }"),
      '"client_max_body_size" directive invalid value in nginx.conf:2',
    ],
    "a wrong port": [`http { server {\nlisten 127.0.0.1:99999; } }`, "invalid port in"],
    "a name of Object's prototype": ["constructor 1;", 'unknown directive "constructor" in nginx.conf:1'],
  };
  for (const [name, [text, says]] of Object.entries(wrong))
    it(`refuses ${name}`, () => {
      expect(() => parseConfiguration(text, "nginx.conf"))
        .to.throw(`nginx: [emerg] `)
        .with.property("message")
        .include(says);
    });

  it("reads quoted words, comments and inherited headers as nginx does", () => {
    const { headers, locations } = parseConfiguration(
      server(`add_header a "one; two { # }" always; # a comment; with marks {
        location /inherits { proxy_pass http://shop; }
        location /replaces { proxy_pass http://shop; add_header b 'its'; }`),
      "nginx.conf",
    );
    expect(headers).to.deep.equal([{ name: "a", value: "one; two { # }", always: true }]);
    expect(locations.map((location) => location.headers.map(({ name }) => name))).to.deep.equal([
      ["a"],
      ["b"],
    ]);
  });
});
