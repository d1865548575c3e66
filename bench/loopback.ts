/** The address of a load or a bench, which may only be this machine's own. Throws on every other host. */
export function loopbackUrl(address: string): URL {
  const url = new URL(address);
  const local =
    url.hostname === "localhost" || url.hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(url.hostname);
  if (!local || url.protocol !== "http:")
    throw new Error(
      `${address} is not http on this machine: a load goes to loopback addresses only (127.x.y.z)`,
    );
  return url;
}
