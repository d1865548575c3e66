/** One line of a stream. Times are milliseconds since 1970. */
export interface LogEvent {
  /** Position since the stream began; tokens are made of it, so they hold when old lines are dropped. */
  readonly sequence: number;
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
}

/** Lines that a stream keeps; the oldest go first. A rehearsal under load may run for hours. */
const keptLines = 10_000;
const keptCharacters = 4_000_000;

/** A log stream: the newest lines, in the order of arrival. */
export class LogStream {
  readonly name: string;
  readonly created: number;
  #events: LogEvent[] = [];
  #characters = 0;
  #next = 0;

  constructor(name: string, created: number) {
    this.name = name;
    this.created = created;
  }

  get events(): readonly LogEvent[] {
    return this.#events;
  }

  get lastIngestion(): number | undefined {
    return this.#events.at(-1)?.ingestionTime;
  }

  append(lines: readonly { readonly timestamp: number; readonly message: string }[], now: number): void {
    for (const { timestamp, message } of lines) {
      this.#events.push({ sequence: this.#next, timestamp, ingestionTime: now, message });
      this.#next += 1;
      this.#characters += message.length;
    }
    this.#drop();
  }

  #drop(): void {
    let dropped = 0;
    while (
      this.#events.length - dropped > keptLines ||
      (this.#characters > keptCharacters && this.#events.length - dropped > 1)
    ) {
      this.#characters -= this.#events[dropped]?.message.length ?? 0;
      dropped += 1;
    }
    // One splice for many lines: a splice a line would make each append as long as the stream.
    if (dropped > 0) this.#events.splice(0, dropped);
  }
}
