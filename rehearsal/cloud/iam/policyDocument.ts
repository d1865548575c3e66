import { AwsError } from "../awsError.ts";

/** Refuses a policy that is no JSON object. IAM hands documents back URL-encoded: that is how it answers. */
export function policyDocument(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return text;
  } catch {
    // The answer is the same as for JSON that is no object.
  }
  throw new AwsError("MalformedPolicyDocumentException", "This policy contains invalid Json");
}

/** As IAM puts a document into an answer (RFC 3986). */
export function encoded(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
