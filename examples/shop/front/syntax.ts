import { ConfigurationError } from "./configurationError.ts";

/** One directive of an nginx configuration; `block` where it has braces. */
export interface Directive {
  readonly name: string;
  readonly words: readonly string[];
  readonly line: number;
  readonly block?: readonly Directive[];
}

interface Token {
  readonly text: string;
  readonly line: number;
  /** A quoted word is never punctuation. */
  readonly quoted: boolean;
}

/** Reads nginx's configuration syntax. Throws ConfigurationError, as nginx says it. */
export function parseDirectives(text: string, file: string): readonly Directive[] {
  const tokens = tokenise(text, file);
  const lastLine = text.trimEnd().split("\n").length;
  let at = 0;

  const readBlock = (inside: boolean): Directive[] => {
    const directives: Directive[] = [];
    for (;;) {
      const token = tokens[at];
      if (token === undefined) {
        if (inside) throw new ConfigurationError('unexpected end of file, expecting "}"', file, lastLine);
        return directives;
      }
      if (is(token, "}")) {
        if (!inside) throw new ConfigurationError('unexpected "}"', file, token.line);
        at += 1;
        return directives;
      }
      directives.push(readDirective());
    }
  };

  const readDirective = (): Directive => {
    const words: Token[] = [];
    for (;;) {
      const token = tokens[at];
      if (token === undefined)
        throw new ConfigurationError('unexpected end of file, expecting ";" or "}"', file, lastLine);
      at += 1;
      const first = words[0];
      const ends = is(token, ";") || is(token, "{");
      if (is(token, "}") || (ends && first === undefined))
        throw new ConfigurationError(`unexpected "${token.text}"`, file, token.line);
      if (!ends || first === undefined) {
        words.push(token);
        continue;
      }
      // nginx names the line where the directive ends.
      const directive = { name: first.text, words: words.slice(1).map((w) => w.text), line: token.line };
      return is(token, "{") ? { ...directive, block: readBlock(true) } : directive;
    }
  };

  return readBlock(false);
}

function is(token: Token, punctuation: string): boolean {
  return !token.quoted && token.text === punctuation;
}

const pattern =
  /(?<line>\n)|(?<space>[^\S\n]+)|(?<comment>#[^\n]*)|"(?<double>(?:\\.|[^"\\])*)"|'(?<single>(?:\\.|[^'\\])*)'|(?<mark>[;{}])|(?<word>(?:\$\{|[^\s;{}"'])(?:\$\{|[^\s;{])*)/gy;

function tokenise(text: string, file: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    end = match.index + match[0].length;
    const { double, single, mark, word } = match.groups ?? {};
    const quoted = double ?? single;
    if (quoted !== undefined) tokens.push({ text: quoted.replaceAll(/\\(.)/gs, "$1"), line, quoted: true });
    else if (mark !== undefined || word !== undefined) tokens.push({ text: match[0], line, quoted: false });
    line += match[0].split("\n").length - 1;
  }
  if (end < text.length)
    throw new ConfigurationError('unexpected end of file, expecting ";" or "}"', file, line);
  return tokens;
}
