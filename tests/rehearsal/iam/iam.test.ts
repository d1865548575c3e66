import { expect } from "chai";
import { createIam, type Iam } from "../../../rehearsal/cloud/iam/iam.ts";
import { refusal } from "../refusal.ts";
import { testGround } from "../testGround.ts";

const trust = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sts:*" }] });
const PolicyArn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

describe("IAM", () => {
  let iam: Iam;

  beforeEach(async () => {
    const ground = await testGround();
    await ground.remove();
    iam = createIam(ground);
    await iam.CreateRole({ RoleName: "tasks", AssumeRolePolicyDocument: trust });
  });

  it("answers documents URL-encoded", async () => {
    const { Role } = await iam.GetRole({ RoleName: "tasks" });
    expect(Role?.AssumeRolePolicyDocument).to.match(/^%7B%22Version%22/);
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).to.equal(trust);
    expect(Role?.Arn).to.equal("arn:aws:iam::123456789012:role/tasks");
  });

  it("does not delete a role before its policies", async () => {
    const RoleName = "tasks";
    await iam.AttachRolePolicy({ RoleName, PolicyArn });
    await iam.PutRolePolicy({ RoleName, PolicyName: "own", PolicyDocument: "{}" });
    expect((await refusal(iam.DeleteRole({ RoleName }))).code).to.equal("DeleteConflictException");
    await iam.DetachRolePolicy({ RoleName, PolicyArn });
    expect((await refusal(iam.DeleteRole({ RoleName }))).code).to.equal("DeleteConflictException");
    await iam.DeleteRolePolicy({ RoleName, PolicyName: "own" });
    await iam.DeleteRole({ RoleName });
    expect(await refusal(iam.GetRole({ RoleName }))).to.include({
      code: "NoSuchEntityException",
      status: 404,
    });
  });

  it("refuses what is no policy, a name twice, and policies that no one has made", async () => {
    const create = (RoleName: string, AssumeRolePolicyDocument: string) =>
      iam.CreateRole({ RoleName, AssumeRolePolicyDocument });
    expect((await refusal(create("a", "[]"))).code).to.equal("MalformedPolicyDocumentException");
    expect((await refusal(create("Tasks", trust))).code).to.equal("EntityAlreadyExistsException");
    const own = PolicyArn.replace("aws:policy", "123456789012:policy");
    expect((await refusal(iam.AttachRolePolicy({ RoleName: "tasks", PolicyArn: own }))).code).to.equal(
      "NoSuchEntityException",
    );
  });
});
