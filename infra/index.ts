import { program } from "./program.ts";

// What `pulumi up` runs: every key of the default export becomes an output of the stack.
export default program;
