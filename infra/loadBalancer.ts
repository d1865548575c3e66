import type * as pulumi from "@pulumi/pulumi";
import { Listener } from "@pulumi/aws/lb/listener.js";
import { LoadBalancer } from "@pulumi/aws/lb/loadBalancer.js";
import type { Configuration } from "./configuration.ts";
import type { Network } from "./network.ts";
import type { SecurityGroups } from "./securityGroups.ts";

export interface Balancer {
  readonly loadBalancer: LoadBalancer;
  /** Customers' listener. Its default answers 503: whatever customers get comes by the production rule. */
  readonly production: Listener;
  /** Where the staged release is asked questions. */
  readonly test: Listener;
}

/** TLS 1.2 and 1.3 with forward secrecy. Source: ELB's list of security policies. */
const sslPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06";

export function balancer(
  prefix: string,
  { network, groups }: { readonly network: Network; readonly groups: SecurityGroups },
  configuration: Configuration,
): Balancer {
  const { accessLogs, certificate, deletionProtection, idleTimeout } = configuration;
  const loadBalancer = new LoadBalancer("load-balancer", {
    name: prefix,
    loadBalancerType: "application",
    internal: false,
    securityGroups: [groups.loadBalancer.id],
    subnets: network.publicSubnets as pulumi.Output<string[]>,
    idleTimeout,
    dropInvalidHeaderFields: true,
    enableDeletionProtection: deletionProtection,
    ...(accessLogs && { accessLogs: { bucket: accessLogs, prefix, enabled: true } }),
  });

  const tls = certificate && { protocol: "HTTPS", certificateArn: certificate, sslPolicy };
  const scheme = tls || { protocol: "HTTP" };
  const production = new Listener("production", {
    loadBalancerArn: loadBalancer.arn,
    port: certificate ? configuration.httpsPort : configuration.httpPort,
    ...scheme,
    defaultActions: [unavailable("No release serves yet.")],
  });
  if (certificate)
    new Listener("redirect", {
      loadBalancerArn: loadBalancer.arn,
      port: configuration.httpPort,
      protocol: "HTTP",
      defaultActions: [
        {
          type: "redirect",
          redirect: { protocol: "HTTPS", port: String(configuration.httpsPort), statusCode: "HTTP_301" },
        },
      ],
    });
  const test = new Listener("test", {
    loadBalancerArn: loadBalancer.arn,
    port: configuration.testPort,
    ...scheme,
    defaultActions: [unavailable("No release is staged.")],
  });
  return { loadBalancer, production, test };
}

function unavailable(messageBody: string) {
  return {
    type: "fixed-response",
    fixedResponse: { contentType: "text/plain", messageBody, statusCode: "503" },
  };
}
