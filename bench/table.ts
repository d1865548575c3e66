/** A table for people: the first column to the left, numbers to the right. Rows are of the header's length. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [header, ...rows.map((row) => row.map(String))];
  const widths = header.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? "").length)));
  const isNumber = header.map(
    (_, column) => rows.length > 0 && rows.every((row) => /^[-–]?$|\d/.test(String(row[column] ?? ""))),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column > 0 && isNumber[column] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [
    line(cells[0] ?? []),
    widths.map((width) => "─".repeat(width)).join("  "),
    ...cells.slice(1).map(line),
  ].join("\n");
}

/** Prints a bench's table, and with `--json` among the arguments one JSON object as the last line. */
export function printBench(text: string, result: object, argv: readonly string[] = process.argv): void {
  console.log(text);
  if (argv.includes("--json")) console.log(JSON.stringify(result));
}
