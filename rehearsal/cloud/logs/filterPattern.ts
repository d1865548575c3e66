import { AwsError } from "../awsError.ts";

/**
 * CloudWatch Logs' filter pattern for plain text: words that must all be there, `"quoted words"`, `?word` (one of these
 * is enough) and `-word` (must not be there). Patterns for JSON, columns and regular expressions are refused.
 */
export function filterPattern(pattern: string | undefined): (message: string) => boolean {
  const text = pattern?.trim() ?? "";
  if (/^[{[%]/.test(text))
    throw new AwsError(
      "InvalidParameterException",
      `Invalid filter pattern: the rehearsal knows words, "quoted words", ?word and -word, not ${text}`,
    );
  const terms = [...text.matchAll(/([?-]?)(?:"([^"]*)"|(\S+))/g)].map(([, sign, quoted, word]) => ({
    sign,
    word: quoted ?? word ?? "",
  }));
  const any = terms.filter(({ sign }) => sign === "?");
  return (message) =>
    terms.every(({ sign, word }) => sign === "?" || message.includes(word) === (sign !== "-")) &&
    (any.length === 0 || any.some(({ word }) => message.includes(word)));
}
