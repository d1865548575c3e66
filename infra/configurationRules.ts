import type { Configuration } from "./configurationKeys.ts";

/** Memory in MiB that Fargate allows with CPU units: the least, the most, the step. Source: ECS's developer guide. */
const fargate: Readonly<Record<number, readonly [least: number, most: number, step: number]>> = {
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16_384, 1024],
  4096: [8192, 30_720, 1024],
  8192: [16_384, 61_440, 4096],
  16_384: [32_768, 122_880, 8192],
};

/** What is wrong between keys that are each right, one sentence a problem, naming the keys and their values. */
export function contradictions(configuration: Configuration, stack: string): readonly string[] {
  return [
    ...naming(configuration, stack),
    ...sizes(configuration),
    ...ports(configuration),
    ...vpc(configuration),
  ];
}

function* naming(c: Configuration, stack: string): Iterable<string> {
  const [repository] = (c.image ?? c.name).split(":");
  if (repository !== c.name)
    yield `turnout:image is \`${c.image}\`; allowed: \`${c.name}:<tag>\`, since turnout:name is \`${c.name}\`.`;
  // A load balancer's and a target group's name have at most 32 characters; `-green` is the longest ending.
  if (`${c.name}-${stack}-green`.length > 32)
    yield `turnout:name is \`${c.name}\`; allowed: with the stack's name \`${stack}\` at most 25 characters together.`;
  if (!/^[a-z0-9-]+$/i.test(stack))
    yield `The stack is named \`${stack}\`; allowed: letters, digits and hyphens, for it is part of AWS names.`;
  const names = [c.name, ...c.sidecars.map((sidecar) => sidecar.name)];
  for (const name of names.filter((name, index) => names.indexOf(name) !== index))
    yield `turnout:sidecars names \`${name}\` twice; allowed: names that differ from each other and from turnout:name.`;
  for (const variable of Object.keys(c.environment).filter((variable) => variable in c.secrets))
    yield `turnout:environment and turnout:secrets both set \`${variable}\`; allowed: one of them.`;
}

function* sizes(c: Configuration): Iterable<string> {
  const [least, most, step] = fargate[c.cpu] ?? [512, 2048, 512];
  const fits = c.memory >= least && c.memory <= most && c.memory % step === 0;
  if (!fits || (c.cpu === 256 && c.memory === 1536))
    yield `turnout:memory is ${c.memory}; allowed with turnout:cpu ${c.cpu}: ${c.cpu === 256 ? "512, 1024, 2048" : `${least} to ${most} in steps of ${step}`}.`;
  if (c.healthTimeout >= c.healthInterval)
    yield `turnout:healthTimeout is ${c.healthTimeout}; allowed: less than turnout:healthInterval, which is ${c.healthInterval}.`;
  if (c.minCount > c.maxCount)
    yield `turnout:minCount is ${c.minCount}; allowed: at most turnout:maxCount, which is ${c.maxCount}.`;
  if (c.minimumHealthyPercent === 100 && c.maximumPercent === 100)
    yield "turnout:maximumPercent is 100; allowed with turnout:minimumHealthyPercent 100: more, for ECS could neither start a task nor stop one.";
  if (c.initialCount > c.maxCount)
    yield `turnout:initialCount is ${c.initialCount}; allowed: at most turnout:maxCount, which is ${c.maxCount}.`;
  if (c.capacity === "FARGATE_SPOT" && !c.spot)
    yield "turnout:capacity is `FARGATE_SPOT`; allowed only with turnout:spot true.";
}

function* ports(c: Configuration): Iterable<string> {
  const used: [key: string, port: number][] = [
    ["httpPort", c.httpPort],
    ...(c.certificate ? [["httpsPort", c.httpsPort] as [string, number]] : []),
    ["testPort", c.testPort],
  ];
  for (const [index, [key, port]] of used.entries()) {
    const other = used.slice(0, index).find(([, taken]) => taken === port);
    if (other) yield `turnout:${key} is ${port}; allowed: any port but that, for turnout:${other[0]} has it.`;
  }
}

function* vpc(c: Configuration): Iterable<string> {
  for (const key of ["publicSubnets", "privateSubnets"] as const) {
    const count = c[key].length;
    if (c.vpcId && count < (key === "publicSubnets" ? 2 : 1))
      yield `turnout:${key} has ${count} subnets; allowed with turnout:vpcId: at least ${key === "publicSubnets" ? 2 : 1}.`;
    if (!c.vpcId && count > 0) yield `turnout:${key} is set; allowed only with turnout:vpcId.`;
  }
}
