import { client } from "./refusals.ts";

const gigabytes = (from: number, to: number, step = 1) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => (from + index * step) * 1024);

/** The memory, in MiB, that Fargate has for each number of CPU units. */
const sizes: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, gigabytes(1, 4)],
  [1024, gigabytes(2, 8)],
  [2048, gigabytes(4, 16)],
  [4096, gigabytes(8, 30)],
  [8192, gigabytes(16, 60, 4)],
  [16384, gigabytes(32, 120, 8)],
]);

/** Refuses what Fargate has no size for. */
export function checkFargateSize(cpu: string | undefined, memory: string | undefined): void {
  if (cpu === undefined) throw client("Fargate requires that 'cpu' be defined at the task level.");
  if (memory === undefined) throw client("Fargate requires that 'memory' be defined at the task level.");
  if (!sizes.get(Number(cpu))?.includes(Number(memory)))
    throw client(
      `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
    );
}

/** CPU units as ECS keeps them: `1 vCPU` is `1024`. */
export function cpuUnits(cpu: string | undefined): string | undefined {
  return amount(cpu, "cpu", /^([\d.]+)\s*vcpu$/i);
}

/** MiB as ECS keeps them: `2 GB` is `2048`. */
export function memoryUnits(memory: string | undefined): string | undefined {
  return amount(memory, "memory", /^([\d.]+)\s*gb$/i);
}

function amount(text: string | undefined, name: string, large: RegExp): string | undefined {
  if (text === undefined || /^\d+$/.test(text)) return text;
  const [, number] = large.exec(text) ?? [];
  if (number === undefined) throw client(`Invalid '${name}' setting for task.`);
  return String(Math.round(Number(number) * 1024));
}
