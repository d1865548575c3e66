/** A block of IPv4 addresses; `first` is the number of its first address. */
export interface Block {
  readonly first: number;
  readonly bits: number;
}

export function parseBlock(cidr: string): Block {
  const [address = "", bits = ""] = cidr.split("/");
  const numbers = address.split(".").map(Number);
  const isAddress = numbers.length === 4 && numbers.every((one) => one >= 0 && one <= 255);
  if (!isAddress || !/^\d+$/.test(bits) || Number(bits) > 32) throw new Error(`${cidr} is no CIDR block.`);
  return blockAt(
    numbers.reduce((sum, one) => sum * 256 + one, 0),
    Number(bits),
  );
}

/** The block of this size that an address lies in. */
export function blockAt(address: number, bits: number): Block {
  const size = 2 ** (32 - bits);
  return { first: Math.floor(address / size) * size, bits };
}

export function sizeOf({ bits }: Block): number {
  return 2 ** (32 - bits);
}

/** The first block of a size that starts behind another. */
export function nextBlock(before: Block, bits: number): Block {
  const { first } = blockAt(before.first + sizeOf(before) - 1, bits);
  return { first: first + 2 ** (32 - bits), bits };
}

export function writeBlock({ first, bits }: Block): string {
  const numbers = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${numbers.join(".")}/${bits}`;
}
