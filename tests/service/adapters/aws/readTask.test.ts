import type { Container, Task } from "@aws-sdk/client-ecs";
import { expect } from "chai";
import { readTask } from "../../../../service/adapters/aws/readTask.ts";

const shop: Container = { name: "shop", exitCode: 1, reason: "Error: relation exists" };
const sidecar: Container = { name: "log-router", exitCode: 0 };

const stopped: Task = {
  taskArn: "arn:task/1",
  taskDefinitionArn: "arn:task-definition/shop-green:2",
  lastStatus: "STOPPED",
  stopCode: "EssentialContainerExited",
  stoppedReason: "Essential container in task exited",
};

describe("a task of ECS with a sidecar", () => {
  for (const [order, containers] of [
    ["before", [sidecar, shop]],
    ["after", [shop, sidecar]],
  ] as const) {
    it(`ends as the named container does, with the sidecar ${order} it`, () => {
      expect(readTask({ ...stopped, containers: [...containers] }, "shop")).to.deep.equal({
        arn: "arn:task/1",
        taskDefinition: "arn:task-definition/shop-green:2",
        status: "STOPPED",
        end: {
          code: "EssentialContainerExited",
          reason: "Essential container in task exited; Error: relation exists",
          exitCode: 1,
        },
      });
    });

    it(`ends well where only the sidecar failed, with the sidecar ${order} it`, () => {
      const swapped = containers.map((one) => ({ ...one, exitCode: one === shop ? 0 : 137 }));
      expect(readTask({ ...stopped, containers: swapped }, "shop").end?.exitCode).to.equal(0);
    });
  }

  it("has no exit code where the named container never started, whatever the sidecar's", () => {
    const containers = [sidecar, { name: "shop" }];
    expect(readTask({ ...stopped, containers }, "shop").end).to.deep.equal({
      code: "EssentialContainerExited",
      reason: "Essential container in task exited",
    });
  });

  it("has no end while it runs", () => {
    expect(
      readTask({ ...stopped, lastStatus: "RUNNING", containers: [sidecar] }, "shop"),
    ).not.to.have.property("end");
  });
});
