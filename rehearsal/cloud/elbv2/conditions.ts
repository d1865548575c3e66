import type { IncomingMessage } from "node:http";
import { BlockList } from "node:net";
import type { RuleCondition } from "@aws-sdk/client-elastic-load-balancing-v2";
import { refuse } from "./refusals.ts";

/** A condition as AWS answers it: its values both in the old list and in the field's own configuration. */
export function normalConditions(conditions: readonly RuleCondition[] | undefined): RuleCondition[] {
  return (conditions ?? []).map((condition) => {
    const { Field, Values } = condition;
    switch (Field) {
      case "path-pattern":
      case "host-header": {
        const config = Field === "path-pattern" ? condition.PathPatternConfig : condition.HostHeaderConfig;
        const values = config?.Values ?? Values ?? [];
        if (values.length === 0) throw refuse.invalid("A condition value must be specified");
        const own = { Values: values };
        return {
          ...{ Field, Values: values },
          ...(Field === "path-pattern" ? { PathPatternConfig: own } : { HostHeaderConfig: own }),
        };
      }
      case "http-header":
      case "http-request-method":
      case "query-string":
      case "source-ip":
        return condition;
      case undefined:
      default:
        throw refuse.invalid(
          `Condition field '${Field}' must be one of path-pattern, host-header, http-header, http-request-method, query-string, source-ip`,
        );
    }
  });
}

/** True when a request meets every condition. */
export function compileConditions(
  conditions: readonly RuleCondition[],
): (request: IncomingMessage) => boolean {
  const tests = conditions.map(compile);
  return (request) => tests.every((test) => test(request));
}

function compile(condition: RuleCondition): (request: IncomingMessage) => boolean {
  const { Field, HttpHeaderConfig, HttpRequestMethodConfig, QueryStringConfig, SourceIpConfig } = condition;
  const any = (patterns: readonly string[] | undefined, isExact = false) => {
    const forms = (patterns ?? []).map((text) => glob(text, isExact));
    return (text: string) => forms.some((form) => form.test(text));
  };
  switch (Field) {
    case "path-pattern": {
      const isPath = any(condition.PathPatternConfig?.Values, true);
      return ({ url = "/" }) => isPath(url.split("?", 1)[0] ?? "/");
    }
    case "host-header": {
      const isHost = any(condition.HostHeaderConfig?.Values);
      return ({ headers }) => isHost((headers.host ?? "").replace(/:\d+$/, ""));
    }
    case "http-header": {
      const isValue = any(HttpHeaderConfig?.Values);
      const name = (HttpHeaderConfig?.HttpHeaderName ?? "").toLowerCase();
      return ({ headers }) => [headers[name] ?? []].flat().some(isValue);
    }
    case "http-request-method":
      return ({ method = "" }) => HttpRequestMethodConfig?.Values?.includes(method) ?? false;
    case "query-string":
      return ({ url = "/" }) => {
        const asked = [...new URL(url, "http://localhost").searchParams];
        return (QueryStringConfig?.Values ?? []).some(({ Key, Value = "" }) =>
          asked.some(([key, value]) => (Key === undefined || glob(Key).test(key)) && glob(Value).test(value)),
        );
      };
    case undefined:
    default: {
      const sources = new BlockList();
      for (const range of SourceIpConfig?.Values ?? []) {
        const [address = "", bits = "32"] = range.split("/");
        sources.addSubnet(address, Number(bits), address.includes(":") ? "ipv6" : "ipv4");
      }
      return ({ socket }) => sources.check(socket.remoteAddress ?? "");
    }
  }
}

/** `*` is any text, `?` one character. Only paths mind upper and lower case. */
function glob(pattern: string, isExact = false): RegExp {
  const text = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${text}$`, isExact ? "" : "i");
}
