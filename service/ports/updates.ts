/** One process of the Pulumi CLI, as a stack's lock names it. */
export interface UpdateProcess {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
}

export type Owner = "stranger" | "self" | "alive" | "dead";

/** Which updates this service made, all its instances together; outlives them. */
export interface Updates {
  /** Writes an update down, before its process may take the stack's lock. */
  note(stack: string, process: UpdateProcess): Promise<void>;
  /**
   * Whose process holds a lock since that time (ISO 8601): a stranger's, this instance's own, or one of another instance
   * of this service that is alive, or dead.
   */
  owner(process: UpdateProcess, since: string): Promise<Owner>;
}
