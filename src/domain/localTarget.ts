/** The name of the target that every project has: this machine. */
export const LOCAL = "local";
