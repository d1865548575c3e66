import { expect } from "chai";
import { XMLParser } from "fast-xml-parser";
import { toXml } from "../../../rehearsal/api/protocols/xml.ts";
import type { Shape } from "../../../rehearsal/api/shapes/shape.ts";

const string: Shape = { kind: "string" };
const shape: Shape = {
  ...{ kind: "structure", name: "Output" },
  members: {
    Name: { shape: string, xmlName: "name" },
    At: { shape: { kind: "timestamp", format: undefined } },
    Items: { shape: { kind: "list", item: { shape: string, xmlName: "item" } }, xmlName: "itemSet" },
    Flat: { shape: { kind: "list", item: { shape: string } }, flattened: true },
    Map: { shape: { kind: "map", key: { shape: string }, value: { shape: string } } },
  },
};

describe("XML", () => {
  it("has the model's names, lists with and without an element around them, and empty lists", () => {
    const value = { Name: "n", At: new Date(0), Items: [], Flat: ["a", "b"], Map: { k: "v" } };
    expect(toXml(value, shape)).to.equal(
      "<name>n</name><At>1970-01-01T00:00:00Z</At><itemSet/><Flat>a</Flat><Flat>b</Flat>" +
        "<Map><entry><key>k</key><value>v</value></entry></Map>",
    );
  });

  it("keeps any text whole", () => {
    const text = `<a href="x">&amp; 'é' \r\n</a>`;
    const parser = new XMLParser({
      trimValues: false,
      processEntities: { enabled: true },
      htmlEntities: true,
    });
    expect(parser.parse(toXml({ Name: text }, shape))).to.deep.equal({ name: text });
  });
});
