import { Button } from "../controls";

export interface WaitingProps {
  /** What is read: "The runs". */
  what: string;
  /** Why it could not be. */
  fault: string | undefined;
  onTryAgain(): void;
}

/** A page that has nothing to show so far. */
export function Waiting({ what, fault, onTryAgain }: WaitingProps) {
  if (fault === undefined) return <p role="status">Reading {what.toLowerCase()}…</p>;
  return (
    <main className="trouble">
      <p role="alert">
        {what} could not be read: {fault}
      </p>
      <Button onClick={onTryAgain}>Try Again</Button>
    </main>
  );
}
