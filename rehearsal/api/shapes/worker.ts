import { parentPort, workerData } from "node:worker_threads";
import { readShapes } from "./readShapes.ts";

/** What the worker is asked for. */
export interface Asked {
  /** The SDK client's package. */
  readonly client: string;
  readonly operations: readonly string[];
}

const { client, operations } = workerData as Asked;
parentPort?.postMessage(readShapes((await import(client)) as Record<string, unknown>, operations));
