import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** Ends what a rehearsal has started when the rehearsal itself can't any more: after a kill -9, too. */
export interface Guard {
  /** From now on the process group ends with the rehearsal. */
  watch(group: number): void;
  /** The group has ended: its number may be another's soon. */
  forget(group: number): void;
  /** Ends every group that is still watched, and the guard. */
  close(): Promise<void>;
}

/**
 * A shell that reads which process groups there are from a pipe. The pipe closes when its writer is gone, however it went;
 * then the shell kills the groups that are left. A shell, since it takes a megabyte and nothing to install.
 */
const script = `
trap '' INT TERM HUP
groups=' '
while read -r verb group; do
  case $verb in
    watch) groups="$groups$group " ;;
    forget) case $groups in *" $group "*) groups="\${groups%%" $group "*} \${groups#*" $group "}" ;; esac ;;
  esac
done
for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
exit 0
`;

/** Starts the guard of this process. Nothing has to be closed for it to work: that is the point. */
export function startGuard(): Guard {
  // A process group of its own: ^C at a terminal goes to the whole group of the rehearsal.
  const shell: ChildProcess = spawn("/bin/sh", ["-c", script], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  let failure: Error | undefined;
  const ended = once(shell, "exit").catch(() => {});
  const failed = (error: Error) => {
    failure ??= error;
  };
  shell.on("error", failed);
  shell.stdin?.on("error", failed);
  shell.on("exit", () => failed(new Error("it was killed")));
  // The guard alone keeps no rehearsal running.
  shell.unref();

  const tell = (verb: "watch" | "forget", group: number) => {
    if (failure && verb === "watch")
      throw new Error(`The guard of the rehearsal's processes is gone: ${failure.message}. Start it again.`, {
        cause: failure,
      });
    shell.stdin?.write(`${verb} ${group}\n`);
  };
  return {
    watch: (group) => tell("watch", group),
    forget: (group) => tell("forget", group),
    close: async () => {
      shell.ref();
      shell.stdin?.end();
      if (shell.exitCode === null && shell.signalCode === null && shell.pid !== undefined) await ended;
    },
  };
}
