import { expect } from "chai";
import { type Request, route, unknownOperation } from "../../../rehearsal/api/route.ts";

const request = (headers: Request["headers"], body = "", url = "/"): Request => ({
  ...{ method: "POST", url, headers, body: Buffer.from(body) },
});
const form = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };

describe("A request's way to its service", () => {
  const found = (asked: Request) => {
    const { service, call } = route(asked);
    return `${service?.signedAs} ${call.operation}`;
  };

  it("is its target, its CBOR path, or its action and version", () => {
    const target = "AmazonEC2ContainerServiceV20141113.ListClusters";
    expect(found(request({ "x-amz-target": target }))).to.equal("ecs ListClusters");
    const path = "/service/GraniteServiceVersion20100801/operation/DescribeAlarms";
    expect(found(request({ "smithy-protocol": "rpc-v2-cbor" }, "", path))).to.equal(
      "monitoring DescribeAlarms",
    );
    expect(found(request(form, "Action=DescribeRules&Version=2015-12-01"))).to.equal(
      "elasticloadbalancing DescribeRules",
    );
    expect(found({ ...request({}, "", "/?Action=GetRole&Version=2010-05-08"), method: "GET" })).to.equal(
      "iam GetRole",
    );
  });

  it("is its signature's scope where it says no version", () => {
    const authorization =
      "AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/ec2/aws4_request, SignedHeaders=host, Signature=0";
    expect(found(request({ ...form, authorization }, "Action=DescribeVpcs"))).to.equal("ec2 DescribeVpcs");
  });

  it("ends in AWS's own error where there is none", () => {
    const none = (asked: Request) => unknownOperation(route(asked)).code;
    expect(none(request({ "x-amz-target": "DynamoDB_20120810.ListTables" }))).to.equal(
      "UnknownOperationException",
    );
    expect(none(request(form, "Action=DescribeInstances&Version=2016-11-15"))).to.equal("InvalidAction");
    expect(none(request(form, "Action=Publish&Version=2010-03-31"))).to.equal("InvalidAction");
    expect(none({ ...request({}), method: "GET" })).to.equal("MissingAction");
  });
});
