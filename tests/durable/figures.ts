/** A figure that a test prints, on one line. */
export function say(...words: readonly string[]): void {
  console.log(`      ${words.join(" ")}`);
}
