import { readFileSync } from "node:fs";
import { expect } from "chai";
import { format } from "prettier";
import { ConfigurationError, readConfiguration } from "../../infra/configuration.ts";
import { configurationSchema, sections } from "../../infra/configurationKeys.ts";
import { configurationDocument } from "../../infra/configurationDocument.ts";
import { secretArn } from "../../rehearsal/cloud/secretsmanager/secrets.ts";
import { asText } from "./asText.ts";
import { stackFile } from "../../scripts/stackFile.ts";

const plain = { "turnout:name": "shop" };
const read = (configuration: object) => readConfiguration(asText({ ...plain, ...configuration }), "test");

/** A wrong value for every key, and a word that the error must say of what is allowed. */
const wrong: Record<string, readonly [value: unknown, allowed: RegExp]> = {
  name: ["Shop!", /lower case letters/],
  image: ["shop", /<turnout:name>:<tag>/],
  environment: [{ "1A": "x" }, /variable names/],
  secrets: [{ PASSWORD: "hunter2" }, /ARNs of Secrets Manager/],
  cpu: [300, /256, 512/],
  memory: [100, /512 to 122880/],
  command: ["", /list of at least one word/],
  port: [70_000, /1 to 65535/],
  stopTimeout: [121, /2 to 120/],
  healthPath: ["healthz", /starts with \//],
  sidecars: [[{ name: "log router" }], /name, image/],
  capacity: ["EC2", /FARGATE_SPOT/],
  engine: ["yolo", /blue-green/],
  shift: ["slowly", /canary/],
  shiftPercent: [100, /1 to 99/],
  shiftInterval: [0, /1 to 86400/],
  bake: [-1, /0 to 86400/],
  undoWindow: ["an hour", /0 to 604800/],
  healthyWithin: [1, /10 to 3600/],
  smoke: [[{ path: "products" }], /path, method/],
  releaseHeader: ["x release", /header's name/],
  migration: [{ command: [] }, /compatible/],
  migrationWithin: [1, /10 to 86400/],
  initialCount: [0, /1 to 1000/],
  minCount: [-1, /0 to 1000/],
  maxCount: [0, /1 to 1000/],
  minimumHealthyPercent: [101, /0 to 100/],
  maximumPercent: [99, /100 to 200/],
  healthInterval: [4, /5 to 300/],
  healthTimeout: [1, /2 to 120/],
  healthyThreshold: [1, /2 to 10/],
  unhealthyThreshold: [11, /2 to 10/],
  healthGrace: [-5, /0 to 3600/],
  deregistrationDelay: [3601, /0 to 3600/],
  slowStart: [10, /0, or a whole number from 30 to 900/],
  certificate: ["my-certificate", /ARN/],
  host: ["https://shop", /host name/],
  httpPort: [0, /1 to 65535/],
  httpsPort: [0, /1 to 65535/],
  testPort: [0, /1 to 65535/],
  customerCidrs: [["everyone"], /IPv4 ranges/],
  testCidrs: [["10.0.0.1"], /IPv4 ranges/],
  accessLogs: ["s3://logs", /S3 bucket/],
  idleTimeout: [0, /1 to 4000/],
  deletionProtection: ["yes", /true or false/],
  vpcCidr: ["10.0.0.0/8", /\/16 to \/24/],
  zones: [1, /2 to 6/],
  nat: ["two", /none, single, perZone/],
  vpcId: ["my-vpc", /VPC's id/],
  publicSubnets: [["public"], /subnet ids/],
  privateSubnets: [["private"], /subnet ids/],
  spot: ["maybe", /true or false/],
  containerInsights: ["on", /enhanced/],
  logRetention: [2, /1, 3, 5/],
  kmsKeys: [["alias/shop"], /KMS key ARNs/],
  taskPolicies: [["AdministratorAccess"], /IAM policy ARNs/],
  alarmTopics: [["me@example.com"], /SNS topic ARNs/],
  alarmErrors: [0, /1 to 1000000/],
  keepImages: [1, /5 to 1000/],
};

describe("configuration", () => {
  it("has a wrong value below for each of its keys", () => {
    expect(Object.keys(wrong)).to.have.members(Object.keys(configurationSchema.properties));
  });

  for (const [key, [value, allowed]] of Object.entries(wrong))
    it(`names turnout:${key}, its value and what is allowed`, () => {
      const message = messageOf(() => read({ [`turnout:${key}`]: value }));
      expect(message).to.include(`turnout:${key} is `);
      expect(message).to.include(value === "" ? "empty" : asText({ value })["value"]);
      expect(message).to.match(allowed);
    });

  it("names a key that does not exist, and the one that was meant", () => {
    expect(messageOf(() => read({ "turnout:undowindow": 5 }))).to.match(
      /turnout:undowindow is no key\. Did you mean turnout:undoWindow\?/,
    );
  });

  it("says all problems at once", () => {
    const message = messageOf(() => read({ "turnout:bake": -1, "turnout:zones": 9 }));
    expect(message).to.include("turnout:bake").and.to.include("turnout:zones");
  });

  it("asks for the one key without a default", () => {
    expect(messageOf(() => readConfiguration({}, "test"))).to.match(/turnout:name is missing/);
  });

  it("leaves other namespaces alone", () => {
    expect(read({ "aws:region": "eu-central-1" }).name).to.equal("shop");
  });

  const contradicting: readonly (readonly [what: string, configuration: object, said: RegExp])[] = [
    [
      "another repository's image",
      { image: "cart:1.0" },
      /turnout:image is `cart:1.0`; allowed: `shop:<tag>`/,
    ],
    [
      "memory that Fargate does not pair",
      { cpu: 1024, memory: 1024 },
      /turnout:memory is 1024.*2048 to 8192/,
    ],
    ["a slow health check", { healthTimeout: 10 }, /turnout:healthTimeout is 10; allowed: less than/],
    ["fewer at most than at least", { minCount: 11 }, /turnout:minCount is 11; allowed: at most/],
    ["more first tasks than at most", { initialCount: 11 }, /turnout:initialCount is 11; allowed: at most/],
    ["spot without capacity providers", { capacity: "FARGATE_SPOT" }, /turnout:spot true/],
    ["one port twice", { httpPort: 8443 }, /turnout:testPort is 8443; allowed: any port but that/],
    ["subnets without their VPC", { privateSubnets: ["subnet-1"] }, /allowed only with turnout:vpcId/],
    ["a VPC without subnets", { vpcId: "vpc-1" }, /turnout:publicSubnets has 0 subnets/],
    ["a sidecar of the service's name", { sidecars: [{ name: "shop", image: "x" }] }, /names `shop` twice/],
    [
      "a variable twice",
      { environment: { A: "b" }, secrets: { A: "arn:aws:ssm:eu-central-1:123456789012:parameter/a" } },
      /both set `A`/,
    ],
  ];
  for (const [what, configuration, said] of contradicting)
    it(`refuses ${what}`, () => {
      const prefixed = Object.fromEntries(
        Object.entries(configuration).map(([key, value]) => [`turnout:${key}`, value as unknown]),
      );
      expect(messageOf(() => read(prefixed))).to.match(said);
    });

  it("refuses names that are too long for a load balancer", () => {
    const long = asText({ "turnout:name": "a-service-with-a-nam" });
    expect(messageOf(() => readConfiguration(long, "production"))).to.match(/at most 25 characters together/);
  });

  for (const stack of ["prod", "rehearsal"])
    it(`is right in Pulumi.${stack}.yaml`, () => {
      expect(readConfiguration(asText(stackFile(stack).config), stack).name).to.equal("shop");
    });

  it("names the secret that the local AWS makes under the shop's name", () => {
    const { secrets } = readConfiguration(asText(stackFile("rehearsal").config), "rehearsal");
    const local = { region: "eu-central-1", account: "123456789012" };
    expect(secrets["DATABASE_URL"]).to.equal(secretArn(local, "shop/database-url"));
  });

  it("drains longer than the shop's slowest request in the local stack", () => {
    expect(
      readConfiguration(asText(stackFile("rehearsal").config), "rehearsal").deregistrationDelay,
    ).to.be.above(3);
  });

  it("is documented key by key, as docs/configuration.md says", async () => {
    const document = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");
    const fresh = await format(configurationDocument(), { parser: "markdown" });
    const command = "node infra/configurationDocument.ts > docs/configuration.md, then prettier --write";
    expect(document, `out of date: ${command}`).to.equal(fresh);
    const keys = Object.values(sections).flatMap((section) => Object.keys(section));
    expect(keys).to.have.members(Object.keys(configurationSchema.properties));
  });
});

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigurationError);
    return (error as Error).message;
  }
  return "nothing was wrong";
}
