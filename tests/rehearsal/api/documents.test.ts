import { expect } from "chai";
import { fromDocument, jsonLeaves, toDocument } from "../../../rehearsal/api/protocols/documents.ts";
import type { Member, Shape } from "../../../rehearsal/api/shapes/shape.ts";

const members: Record<string, Member> = {
  name: { shape: { kind: "string" } },
  at: { shape: { kind: "timestamp", format: undefined } },
  bytes: { shape: { kind: "blob" } },
};
const shape: Shape = { kind: "structure", name: "Service", members };
members.inner = { shape: { kind: "list", item: { shape } } };

describe("JSON documents", () => {
  it("hold times as seconds and bytes as base64, in shapes that hold themselves", () => {
    const value = { at: new Date(1500), inner: [{ bytes: Buffer.from("ab"), name: undefined }] };
    const document = toDocument(value, shape, jsonLeaves);
    expect(document).to.deep.equal({ at: 1.5, inner: [{ bytes: "YWI=" }] });
    expect(fromDocument(document, shape, jsonLeaves)).to.deep.equal({
      ...{ at: new Date(1500), inner: [{ bytes: Buffer.from("ab") }] },
    });
  });

  it("are refused by the path of what is wrong", () => {
    const read = (document: unknown) => () => fromDocument(document, shape, jsonLeaves);
    expect(read({ inner: [{ nome: 1 }] })).to.throw("The parameter inner.0.nome is not recognized");
    expect(read({ inner: [{ name: 1 }] })).to.throw("inner.0.name must be a string, not 1");
    expect(read({ inner: {} })).to.throw("inner must be a list");
    expect(read([])).to.throw("The request must be a structure");
    expect(read({ name: null })()).to.deep.equal({});
  });
});
