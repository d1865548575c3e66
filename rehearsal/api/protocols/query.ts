import { fromForm } from "./form.ts";
import type { Protocol } from "./protocol.ts";
import { element, escaped, toXml } from "./xml.ts";

/** awsQuery: a form with Action and Version in, XML out. Lists are `Name.member.1`. */
export const query: Protocol = {
  read({ form }, input) {
    return fromForm(form, input, {
      member: (name, { xmlName }) => xmlName ?? name,
      item: ({ flattened }, { xmlName }) => (flattened ? undefined : (xmlName ?? "member")),
    });
  },

  write({ operation, requestId, xmlNamespace }, output, value) {
    const result = output ? element(`${operation}Result`, toXml(value, output)) : "";
    const metadata = element("ResponseMetadata", element("RequestId", requestId));
    return {
      ...{ status: 200, headers: { "content-type": "text/xml", "x-amzn-requestid": requestId } },
      body: `<${operation}Response xmlns="${xmlNamespace}">${result}${metadata}</${operation}Response>`,
    };
  },

  fail({ requestId, xmlNamespace, error, queryError: { code, status } }) {
    const fields =
      element("Type", status < 500 ? "Sender" : "Receiver") +
      element("Code", escaped(code)) +
      element("Message", escaped(error.message));
    return {
      ...{ status, headers: { "content-type": "text/xml", "x-amzn-requestid": requestId } },
      body: `<ErrorResponse xmlns="${xmlNamespace}">${element("Error", fields)}${element("RequestId", requestId)}</ErrorResponse>`,
    };
  },
};
