import type { Member, Shape } from "../shapes/shape.ts";
import { formatted } from "./timestamps.ts";

/** An output's members as XML elements, without one around them. Times are ISO 8601 unless their shape says otherwise. */
export function toXml(value: unknown, shape: Shape | undefined): string {
  if (shape?.kind !== "structure" || typeof value !== "object" || value === null) return "";
  const values = value as Readonly<Record<string, unknown>>;
  return Object.entries(shape.members)
    .map(([name, member]) => written(values[name], member, member.xmlName ?? name))
    .join("");
}

/** One element. `content` is XML already. */
export function element(name: string, content: string): string {
  return content === "" ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\r", "&#xD;");
}

function written(value: unknown, member: Member, name: string): string {
  if (value === undefined || value === null) return "";
  const { shape } = member;
  switch (shape.kind) {
    case "structure":
      return element(name, toXml(value, shape));
    case "list": {
      const items = (value as readonly unknown[]).map((item) =>
        written(item, shape.item, member.flattened ? name : (shape.item.xmlName ?? "member")),
      );
      return member.flattened ? items.join("") : element(name, items.join(""));
    }
    case "map": {
      const entries = Object.entries(value as Record<string, unknown>).map(([key, one]) =>
        element(
          member.flattened ? name : "entry",
          element(shape.key.xmlName ?? "key", escaped(key)) +
            written(one, shape.value, shape.value.xmlName ?? "value"),
        ),
      );
      return member.flattened ? entries.join("") : element(name, entries.join(""));
    }
    case "timestamp":
      return element(name, String(formatted(value as Date, shape.format ?? "date-time")));
    case "blob":
      return element(name, Buffer.from(value as Uint8Array).toString("base64"));
    case "string":
    case "boolean":
    case "number":
    case "document":
      return element(name, escaped(plain(value as string | boolean | number)));
  }
}

function plain(value: string | boolean | number): string {
  return String(value);
}
