/** Whether a process, or one of a process group (a negative number), is there. A zombie counts, until it is reaped. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
