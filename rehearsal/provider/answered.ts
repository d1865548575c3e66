/** A field that AWS always answers, which its SDK's types do not say. */
export function answered<Value>(value: Value | undefined | null, field: string): Value {
  if (value === undefined || value === null) throw new Error(`AWS answered without ${field}`);
  return value;
}
