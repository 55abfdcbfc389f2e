import { createLocalHost } from "./local";
import { describeHost } from "./testHost";

describeHost("this machine", createLocalHost);
