import { AwsError } from "../../cloud/awsError.ts";
import { fromForm } from "./form.ts";
import type { Protocol } from "./protocol.ts";
import { element, escaped, toXml } from "./xml.ts";

/** ec2Query: as awsQuery, but lists are `Name.1`, names are EC2's own, and an answer's members stand at the top. */
export const ec2Query: Protocol = {
  read({ form, operation }, input) {
    const { DryRun, ...parameters } = fromForm(form, input, {
      member: (name, { ec2Name, xmlName }) => ec2Name ?? capitalised(xmlName ?? name),
      item: () => undefined,
    });
    if (DryRun === true)
      throw new AwsError(
        "DryRunOperation",
        `Request would have succeeded, but DryRun flag is set (${operation}).`,
        412,
      );
    return parameters;
  },

  write({ operation, requestId, xmlNamespace }, output, value) {
    const members = output ? toXml(value, output) : element("return", "true");
    return {
      ...{
        status: 200,
        headers: { "content-type": "text/xml;charset=UTF-8", "x-amzn-requestid": requestId },
      },
      body: `${declaration}<${operation}Response xmlns="${xmlNamespace}/">${element("requestId", requestId)}${members}</${operation}Response>`,
    };
  },

  fail({ requestId, error, queryError: { code, status } }) {
    const fields = element("Code", escaped(code)) + element("Message", escaped(error.message));
    return {
      ...{ status, headers: { "content-type": "text/xml;charset=UTF-8", "x-amzn-requestid": requestId } },
      body: `${declaration}${element("Response", element("Errors", element("Error", fields)) + element("RequestID", requestId))}`,
    };
  },
};

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
