import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ServiceShapes } from "./shape.ts";
import type { Asked } from "./worker.ts";

const loaded = new Map<string, Promise<ServiceShapes>>();
/** One client is read at a time: two at once would take both cores from the traffic. */
let reading: Promise<unknown> = Promise.resolve();

/**
 * The shapes of a service's operations, read once a process. EC2's client alone takes a second and 100 MB to load: a
 * worker loads it, sends what is wanted, and ends, so that the load balancer in this process never waits.
 */
export function shapesOf(asked: Asked): Promise<ServiceShapes> {
  const key = `${asked.client} ${asked.operations.join(" ")}`;
  let shapes = loaded.get(key);
  if (!shapes) {
    shapes = reading.then(() => read(asked));
    reading = shapes.catch(() => undefined);
    loaded.set(key, shapes);
  }
  return shapes;
}

async function read(asked: Asked): Promise<ServiceShapes> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: asked });
  // A process that ends while a client is read does not wait for it.
  worker.unref();
  const [shapes] = (await once(worker, "message")) as [ServiceShapes];
  return shapes;
}
