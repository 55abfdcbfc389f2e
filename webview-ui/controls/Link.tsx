import type { ReactNode } from "react";

export interface LinkProps {
  onClick(): void;
  children: ReactNode;
}

/** A link to something that the extension opens. */
export function Link({ onClick, children }: LinkProps) {
  return (
    <vscode-link
      href="#"
      onClick={(event) => {
        event.preventDefault();
        onClick();
      }}
    >
      {children}
    </vscode-link>
  );
}
