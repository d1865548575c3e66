/** A web server configuration that does not hold, in nginx's own words: `nginx: [emerg] … in FILE:LINE`. */
export class ConfigurationError extends Error {
  constructor(what: string, file: string, line: number) {
    super(`nginx: [emerg] ${what} in ${file}:${line}`);
    this.name = "ConfigurationError";
  }
}
