import type { ReactNode } from "react";

export interface ButtonProps {
  kind?: "primary" | "secondary" | "icon";
  /** Where the content is a picture, or says too little when read alone. */
  label?: string;
  /** Seen as disabled and does nothing, but keeps the focus. */
  off?: boolean;
  id?: string;
  onClick(): void;
  children: ReactNode;
}

export function Button({ kind = "secondary", label, off = false, id, onClick, children }: ButtonProps) {
  return (
    <vscode-button
      id={id}
      data-off={off || undefined}
      appearance={kind}
      aria-label={label}
      title={kind === "icon" ? label : undefined}
      ariaDisabled={off ? "true" : "false"}
      onClick={() => {
        if (!off) onClick();
      }}
    >
      {children}
    </vscode-button>
  );
}
