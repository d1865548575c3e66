import { describeOutage } from "./databaseAway.ts";

describeOutage(4);
