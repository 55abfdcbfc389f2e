/** Asks the store worker for what a view is made of: of all that it answers, these methods. */
export type ReadFrom<Api extends { [Name in keyof Api]: (argument: never) => unknown }> = <Name extends keyof Api>(
  method: Name,
  argument: Parameters<Api[Name]>[0],
) => Promise<ReturnType<Api[Name]>>;
