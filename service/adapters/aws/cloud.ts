import type { Outputs } from "../../../infra/outputs.ts";
import type { Cloud } from "../../ports/ground.ts";
import { createQuestions } from "../http/questions.ts";
import { createClients, type Clients } from "./clients.ts";
import { createImages } from "./images.ts";
import { createLogs } from "./logs.ts";
import { createOneOffs } from "./oneOffs.ts";
import { createRevisions } from "./revisions.ts";
import { createTasks } from "./tasks.ts";
import { createTraffic } from "./traffic.ts";

/**
 * AWS behind the service's ports: one set of clients a region, kept for the life of the service.
 *
 * @param mayWrite resolves while this process is the one that may write; it is asked before each request that does
 */
export function createAws(mayWrite: () => Promise<void>): (outputs: Outputs) => Cloud {
  const regions = new Map<string, Clients>();
  return (outputs) => {
    const clients = regions.get(outputs.region) ?? createClients(outputs.region, mayWrite);
    regions.set(outputs.region, clients);
    return {
      traffic: createTraffic(clients.elbv2, outputs),
      tasks: createTasks(clients, outputs),
      revisions: createRevisions(clients.ecs, outputs),
      oneOffs: createOneOffs(clients.ecs, outputs),
      logs: createLogs(clients, outputs),
      images: createImages(clients.ecr, outputs),
      questions: createQuestions(outputs),
    };
  };
}
