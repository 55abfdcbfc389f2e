import { type ReactNode, useId } from "react";

export interface SectionProps {
  title: string;
  count?: number;
  /** Said instead of the content when the count is 0. */
  none?: string;
  children: ReactNode;
}

export function Section({ title, count, none, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>
        {title}
        {count !== undefined && count > 0 && <span className="faint"> {count}</span>}
      </h2>
      {count === 0 ? <p className="faint">{none}</p> : children}
    </section>
  );
}
