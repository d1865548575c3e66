import { expect } from "chai";
import { createSecretsManager } from "../../../rehearsal/cloud/secretsmanager/secretsmanager.ts";
import { refusal } from "../refusal.ts";
import { testGround } from "../testGround.ts";

describe("Secrets Manager", () => {
  it("gives a secret the same ARN in every rehearsal", async () => {
    const arns: (string | undefined)[] = [];
    for (let rehearsal = 0; rehearsal < 2; rehearsal += 1) {
      const ground = await testGround();
      arns.push((await createSecretsManager(ground).CreateSecret({ Name: "shop/database-url" })).ARN);
      await ground.remove();
    }
    expect(arns[0]).to.match(
      /^arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop\/database-url-[A-Za-z]{6}$/,
    );
    expect(arns[1]).to.equal(arns[0]);
  });

  it("keeps the former value under AWSPREVIOUS and drops the one before", async () => {
    const ground = await testGround();
    const secrets = createSecretsManager(ground);
    const { ARN } = await secrets.CreateSecret({ Name: "s", SecretString: "1", ClientRequestToken: "v1" });
    await secrets.PutSecretValue({ SecretId: ARN, SecretString: "2", ClientRequestToken: "v2" });
    await secrets.PutSecretValue({ SecretId: "s", SecretString: "3", ClientRequestToken: "v3" });
    const value = async (VersionStage?: string) =>
      (await secrets.GetSecretValue({ SecretId: "s", VersionStage })).SecretString;
    expect(await value()).to.equal("3");
    expect(await value("AWSPREVIOUS")).to.equal("2");
    expect((await secrets.DescribeSecret({ SecretId: "s" })).VersionIdsToStages).to.deep.equal({
      ...{ v2: ["AWSPREVIOUS"], v3: ["AWSCURRENT"] },
    });
    await secrets.DeleteSecret({ SecretId: "s" });
    expect((await refusal(value())).code).to.equal("InvalidRequestException");
    await secrets.RestoreSecret({ SecretId: "s" });
    expect(await value()).to.equal("3");
    await secrets.DeleteSecret({ SecretId: "s", ForceDeleteWithoutRecovery: true });
    expect((await refusal(value())).code).to.equal("ResourceNotFoundException");
    await ground.remove();
  });
});
