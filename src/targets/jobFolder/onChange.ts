/** Calls `tell` once when there is a reason, and once when there is none any more. */
export function onChange(tell: (reason: string | null) => void): (reason: string | null) => void {
  let told = false;
  return (reason) => {
    if ((reason !== null) !== told) tell(reason);
    told = reason !== null;
  };
}
