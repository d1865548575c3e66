// A rehearsal in small: a guard and two tasks, one of which has a child; it says their numbers, and waits for its end.
import { clockAt } from "../../../rehearsal/cloud/clock.ts";
import { startGuard } from "../../../rehearsal/tasks/guard.ts";
import { launch } from "../../../rehearsal/tasks/launch.ts";

const guard = startGuard();
const script = `
  process.on('SIGTERM', () => {});
  const child = process.argv[1] === 'with' ? require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']).pid : 0;
  console.log(process.pid, child);
  setInterval(() => {}, 1e6);
`;
for (const child of ["with", "without"])
  await launch(
    {
      command: ["node", "-e", script, child],
      folder: process.cwd(),
      environment: { PATH: process.env["PATH"] ?? "" },
      take: (lines) => lines.forEach(({ message }) => console.log(message)),
    },
    { guard, clock: clockAt(1) },
  );
