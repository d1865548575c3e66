import type { Bag, Found, Operations, Tags } from "../resourceType.ts";
import { blamed, Unfinished } from "../rpc/failure.ts";
import { allTags, type Compared, differences, propertyOf, tagsOf } from "./diff.ts";
import { inputsOf, outputsOf } from "./outputs.ts";
import type { Served } from "./served.ts";

/** Creates, reads, changes and deletes resources of one type by AWS's operations. */
export function lifecycle(served: Served) {
  const operations = served.operations as unknown as Operations<Bag>;
  const { title } = served.type;

  /** What is there right after a write, as the outputs. */
  async function written(id: string, known: Bag, asked: Asked): Promise<{ id: string; outputs: Bag }> {
    const found = await blaming(() => operations.read(id, known), `reading ${title} (${id})`);
    if (!found) throw new Error(`reading ${title} (${id}): couldn't find resource`);
    return { id: found.id, outputs: outputsOf(served, found, asked) };
  }

  async function finished(made: { id: string; outputs: Bag }, asked: Asked, doing: string) {
    if (!operations.finish) return made;
    try {
      await operations.finish(made.id, asked.inputs);
    } catch (error) {
      throw new Unfinished(blamed(error, doing), { ...made, inputs: asked.inputs });
    }
    return written(made.id, made.outputs, asked);
  }

  return {
    async create(asked: Asked): Promise<{ readonly id: string; readonly outputs: Bag }> {
      const doing = `creating ${title}${subject(asked.inputs)}`;
      const id = await blaming(() => operations.create(asked.inputs, allTags(asked)), doing);
      return finished(await written(id, asked.inputs, asked), asked, doing);
    },

    async read(
      id: string,
      given: { readonly known: Bag; readonly inputs: Bag | undefined; readonly defaultTags: Tags },
    ): Promise<(Found & { readonly inputs: Bag; readonly outputs: Bag }) | undefined> {
      const { known, inputs, defaultTags } = given;
      const found = await blaming(() => operations.read(id, known), `reading ${title} (${id})`);
      if (!found) return undefined;
      const outputs = outputsOf(served, found, { inputs: inputs ?? {}, defaultTags });
      return { ...found, outputs, inputs: inputsOf(served, inputs, outputs) };
    },

    async update(id: string, compared: Compared): Promise<Bag> {
      const { inputs, outputs: known } = compared;
      const doing = `updating ${title}${subject({ ...inputs, id })}`;
      const found = differences(served, compared);
      const changed = new Set(found.map(({ path }) => propertyOf(path)));
      await blaming(async () => {
        if (changed.delete("tags")) await retag(operations, { id, known }, allTags(compared));
        if (changed.size > 0) await operations.update?.({ id, known, inputs, changed });
      }, doing);
      return (await finished(await written(id, known, compared), compared, doing)).outputs;
    },

    async delete(id: string, known: Bag): Promise<void> {
      await blaming(() => operations.delete(id, known), `deleting ${title}${subject({ ...known, id })}`);
    },
  };
}

type Asked = Pick<Compared, "inputs" | "defaultTags">;

async function retag(
  operations: Operations<Bag>,
  found: { readonly id: string; readonly known: Bag },
  wanted: Tags,
): Promise<void> {
  const actual = tagsOf(found.known);
  const set = Object.entries(wanted).filter(([key, value]) => actual[key] !== value);
  const remove = Object.keys(actual).filter((key) => !(key in wanted));
  await operations.retag?.(found, { set: Object.fromEntries(set), remove });
}

async function blaming<Answer>(run: () => Promise<Answer>, doing: string): Promise<Answer> {
  try {
    return await run();
  } catch (error) {
    throw blamed(error, doing);
  }
}

/** What an error names the resource by: ` (shop)`, and nothing where it has no name yet. */
function subject(properties: Bag): string {
  for (const name of ["name", "family", "id"])
    if (typeof properties[name] === "string") return ` (${properties[name]})`;
  return "";
}
