import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Anser from "anser";
import { deployDemo } from "./demo.ts";
import { draw } from "./drawing.ts";
import { openHouse } from "./house.ts";
import { pulumiCli } from "./pulumiCli.ts";
import type { Screen } from "./screen.ts";

// `npm run picture`: what `npm start` shows at its end, of a real run, as docs/terminal.svg.
const file = join(import.meta.dirname, "..", "docs", "terminal.svg");
const width = 100;

const folder = mkdtempSync(join(tmpdir(), "turnout-picture-"));
const say = (words: string) => console.error(`… ${words}`);
const lines: string[] = [];
const began = Date.now();
const screen: Screen = {
  ...{ say, up: () => {}, tips: () => {}, end: () => {} },
  // Each scene takes the place of the one before.
  scene: (scene) => lines.splice(0, lines.length, ...draw(scene, { width, colours: true })),
  sentence: (text) => void lines.push("", ...text.split("\n")),
};
try {
  const house = await openHouse({ folder, cli: await pulumiCli(say), say });
  try {
    await house.push("1.1");
    await deployDemo(house.connection, { screen, began, signal: new AbortController().signal });
  } finally {
    await house.close();
  }
  writeFileSync(file, svg(["$ npm start", "", ...lines]));
  console.log(file);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit();

/** A terminal's lines, with their colours, as a picture. */
function svg(shown: readonly string[]): string {
  const letter = { width: 8.4, height: 19, size: 14 };
  const size = {
    width: Math.round((width + 4) * letter.width),
    height: Math.round((shown.length + 2) * letter.height),
  };
  const text = shown.map((line, row) => {
    const y = (row + 1.8) * letter.height;
    const spans = Anser.ansiToJson(line, { json: true, remove_empty: true }).map(spanOf).join("");
    return `<text x="${letter.width * 2}" y="${y.toFixed(1)}" xml:space="preserve">${spans}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${letter.size}" fill="#d4d4d4">`,
    `<rect width="100%" height="100%" rx="8" fill="#1e1e1e"/>`,
    ...text,
    "</svg>\n",
  ].join("\n");
}

function spanOf({ content, fg, decorations }: Anser.AnserJsonEntry): string {
  const style = [
    fg ? ` fill="rgb(${fg})"` : "",
    decorations.includes("bold") ? ' font-weight="bold"' : "",
    decorations.includes("dim") ? ' opacity="0.6"' : "",
  ].join("");
  return `<tspan${style}>${Anser.escapeForHtml(content)}</tspan>`;
}
