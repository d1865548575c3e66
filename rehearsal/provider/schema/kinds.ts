/** One way in which what AWS has differs from what the program wants. `path` is Pulumi's: `healthCheck.path`, `subnets[0]`. */
export interface Difference {
  readonly path: string;
  readonly change: "add" | "delete" | "update";
  /** True where AWS cannot change it: the resource is replaced. */
  readonly forceNew: boolean;
}

/** A value in the program's inputs that is wrong, by the path of its property. */
export interface Wrong {
  readonly path: string;
  readonly reason: string;
}

/** A kind of property: how it is written, when two values of it mean the same, and what differs where they do not. */
export interface Kind<Value> {
  /** The value in its own form, with defaults; what is wrong with it goes to `wrong`. */
  accept(value: unknown, path: string, wrong: Wrong[]): Value;
  differences(wanted: Value | undefined, actual: Value | undefined, path: string): readonly Difference[];
  /** What AWS has, in the program's words and order where they mean the same. */
  inWordsOf(wanted: Value | undefined, actual: Value): Value;
}

/** One property of a resource type or of a block in it. */
export interface Property<Value = unknown> {
  readonly kind: Kind<Value>;
  readonly required?: true;
  /** What the real provider takes where the program says nothing. */
  readonly default?: NoInfer<Value>;
  /** AWS chooses where the program says nothing, so that nothing is no difference. */
  readonly computed?: true;
  /** Only a new resource can have another value. */
  readonly forceNew?: true;
  /** The provider's own, AWS does not know of it. */
  readonly local?: true;
}

// A property's value stands on both sides of its kind's functions, so no narrower type than any takes them all.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Properties = Readonly<Record<string, Property<any>>>;

/** The values of properties: those that are required or have a default are always there. */
export type Values<P extends Properties> = {
  readonly [Name in keyof P]: P[Name] extends Property<infer Value>
    ? P[Name] extends { readonly required: true } | { readonly default: unknown }
      ? Value
      : Value | undefined
    : never;
};

/** Nothing, or what the real provider cannot tell from nothing. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.values(value).every(isEmpty);
}

/** The one difference of a whole value, or none where both are nothing. */
export function whole(wanted: unknown, actual: unknown, path: string): readonly Difference[] {
  if (isEmpty(wanted) && isEmpty(actual)) return [];
  const change = actual === undefined ? "add" : wanted === undefined ? "delete" : "update";
  return [{ path, change, forceNew: false }];
}
