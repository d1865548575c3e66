import type { WriteStream } from "node:tty";
import { createLogUpdate } from "log-update";
import pen from "picocolors";
import type { Connection } from "./connection.ts";
import { draw, elapsed, requests, type Scene } from "./drawing.ts";

/** Where `npm start` tells what happens: redrawn on a terminal, line by line anywhere else. */
export interface Screen {
  /** What is being done now, while the house comes up. */
  readonly say: (words: string) => void;
  readonly up: (at: Connection) => void;
  readonly scene: (scene: Scene) => void;
  /** The last word on the last scene, which stays. */
  readonly sentence: (text: string) => void;
  readonly tips: (at: Connection) => void;
  readonly end: () => void;
}

export function createScreen(out: WriteStream): Screen {
  // A terminal that says it has 0 columns can't be redrawn: every character would get a line.
  return out.isTTY && out.columns > 0 ? terminal(out) : plain(out);
}

function terminal(out: WriteStream): Screen {
  const update = createLogUpdate(out);
  const began = Date.now();
  let doing: string | undefined;
  const tell = () => {
    if (doing !== undefined) update(` ▸ ${doing} (${((Date.now() - began) / 1000).toFixed(0)} s)`);
  };
  const timer = setInterval(tell, 250);
  timer.unref();
  const print = (text: string) => {
    update.clear();
    out.write(`${text}\n`);
  };
  return {
    say: (words) => {
      doing = words;
      tell();
    },
    up: (at) => {
      doing = undefined;
      print(`${isUp(at)}\n`);
    },
    scene: (scene) => update(draw(scene, { width: out.columns, colours: pen.isColorSupported }).join("\n")),
    sentence: (text) => {
      update.done();
      out.write(`\n${text}\n`);
    },
    tips: (at) => print(tips(at)),
    end: () => {
      clearInterval(timer);
      doing = undefined;
      update.done();
    },
  };
}

/** Milliseconds between two lines of figures where lines stay. */
const figuresEvery = 2000;

function plain(out: NodeJS.WritableStream): Screen {
  const print = (text: string) => void out.write(`${text}\n`);
  const began = Date.now();
  const told = new Map<string, string>();
  let figuresAt = 0;
  let said = "";
  return {
    say: (words) => {
      if (words !== said) print(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${words}`);
      said = words;
    },
    up: (at) => print(isUp(at)),
    scene: ({ run, load, now }) => {
      for (const step of run.steps) {
        if (step.status === "waiting" || told.get(step.name) === step.status) continue;
        told.set(step.name, step.status);
        print(`${step.status.padEnd(8)} ${step.name} ${elapsed(step, now)}  ${step.evidence ?? step.title}`);
      }
      const weights = run.weights ? `blue ${run.weights.blue}, green ${run.weights.green}` : "";
      if (weights !== "" && told.get("") !== weights) print(`weights  ${weights}`);
      told.set("", weights);
      if (!load || now.getTime() - figuresAt < figuresEvery) return;
      figuresAt = now.getTime();
      print(`requests ${requests(load)}`);
    },
    sentence: (text) => print(`\n${text}`),
    tips: (at) => print(tips(at)),
    end: () => {},
  };
}

function isUp({ shop, service, awsEndpoint, stack }: Connection): string {
  return `Stack ${stack} is up with shop:1.0 live: ${shop}   service: ${service}   AWS: ${awsEndpoint}`;
}

function tips({ service, stack }: Connection): string {
  const file = ".turnout/rehearsal.json";
  const call = `curl -X POST ${service}`;
  const token = `-H "authorization: Bearer $(node -p 'require("./${file}").token')"`;
  const body = (image: string) =>
    `-H 'content-type: application/json' -d '{"stack":"${stack}","image":"${image}"}'`;
  return `
Next, in another terminal (addresses and token: ${file}):
  undo it           ${call}/stacks/${stack}/undo ${token}
  a bad release     npm run push -- shop:1.2-bad-config && ${call}/deployments ${token} ${body("shop:1.2-bad-config")}
  the API           ${service}/docs
  Pulumi            npm run pulumi -- preview --refresh
To end it: ^C here, or npm stop`;
}
