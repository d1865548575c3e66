import { markup, type Html } from "./html.ts";

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#222}
a{color:inherit}header{display:flex;justify-content:space-between;border-bottom:3px solid var(--colour)}
ul{padding:0;list-style:none}li{display:flex;justify-content:space-between;border-bottom:1px solid #ddd;padding:.4rem 0}
footer{margin-top:2rem;color:#777;font-size:.85rem}button{font:inherit;padding:.3rem 1rem}`;

export interface Page {
  readonly title: string;
  readonly body: Html;
}

/** A whole document; the bar on top has the colour that serves it. */
export function layout(
  { title, body }: Page,
  { release, colour }: { release: string; colour: string },
): string {
  return markup`<!doctype html>
<html lang="en" style="--colour:${colour === "none" ? "grey" : colour}">
<head><meta charset="utf-8"><title>${title} · The Turnout Shop</title><style>${style}</style></head>
<body>
<header><a href="/">The Turnout Shop</a><a href="/cart">Cart</a></header>
<h1>${title}</h1>
${body}
<footer>release ${release}, ${colour}</footer>
</body>
</html>
`.text;
}

/** Cents as a price: `€ 49.00`. */
export function price(cents: number): string {
  return `€ ${(cents / 100).toFixed(2)}`;
}
