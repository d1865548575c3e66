import type { TimestampFormat } from "../shapes/shape.ts";

/** A time in one of AWS's three forms; seconds keep their milliseconds as a fraction. */
export function formatted(date: Date, format: TimestampFormat): string | number {
  switch (format) {
    case "date-time":
      return date.toISOString().replace(".000Z", "Z");
    case "http-date":
      return date.toUTCString();
    case "epoch-seconds":
      return date.getTime() / 1000;
  }
}

/** A time in any of the three; undefined for anything else. */
export function parsedDate(value: unknown): Date | undefined {
  const seconds = typeof value === "number" || /^-?\d+(\.\d+)?$/.test(String(value));
  const date = new Date(seconds ? Number(value) * 1000 : String(value));
  return Number.isNaN(date.getTime()) ? undefined : date;
}
