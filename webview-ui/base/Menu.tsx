/** A menu, and a button that opens one. */
import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import "./menu.css";

export type MenuItem =
  | { label: string; run(): void; checked?: boolean; off?: boolean; hint?: string }
  | { heading: string }
  | "separator";

export interface MenuProps {
  label: string;
  items: readonly MenuItem[];
  /** Where its corner is to be, in pixels of the page; it is moved to fit. */
  at: { left: number; top: number };
  onClose(): void;
}

export function Menu({ label, items, at, onClose }: MenuProps) {
  const ref = useRef<HTMLDivElement>(null);
  const opener = useRef<Element | null>(null);

  useLayoutEffect(() => {
    opener.current = document.activeElement;
    place(ref.current!, at);
    choicesIn(ref.current!)[0]?.focus();
  }, [at]);

  function close(): void {
    onClose();
    if (opener.current instanceof HTMLElement) opener.current.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    const choices = choicesIn(ref.current!);
    const now = choices.indexOf(document.activeElement as HTMLElement);
    const target = keyTarget(event.key, now, choices);
    if (event.key === "Escape" || event.key === "Tab") close();
    else if (target) target.focus();
    else if (event.key !== "Enter" && event.key !== " ") return;
    event.stopPropagation();
    if (event.key !== "Enter" && event.key !== " ") event.preventDefault();
  }

  return (
    <>
      <Backdrop close={close} />
      <div ref={ref} role="menu" aria-label={label} className="menu" tabIndex={-1} onKeyDown={onKeyDown}>
        {items.map((item, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the items of an open menu do not change.
          <Entry key={place} item={item} close={close} />
        ))}
      </div>
    </>
  );
}

/** Takes the click that closes the menu. */
function Backdrop({ close }: { close(): void }) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape does the same; there is nothing here to come to by keys.
    <div className="menu-backdrop" onPointerDown={close} onContextMenu={(event) => event.preventDefault()} />
  );
}

function Entry({ item, close }: { item: MenuItem; close(): void }) {
  if (item === "separator") return <hr className="menu-separator" />;
  if ("heading" in item) {
    return (
      <div className="menu-heading" role="presentation">
        {item.heading}
      </div>
    );
  }
  const { label, run, checked, off = false, hint } = item;
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: what is checked is set only for the role that has it.
    <button
      type="button"
      role={checked === undefined ? "menuitem" : "menuitemcheckbox"}
      aria-checked={checked}
      aria-disabled={off || undefined}
      tabIndex={-1}
      className="menu-item"
      onPointerEnter={({ currentTarget }) => currentTarget.focus()}
      onClick={() => {
        if (off) return;
        close();
        run();
      }}
    >
      <span className="menu-check" aria-hidden="true">
        {checked ? "✓" : ""}
      </span>
      <span className="menu-label">{label}</span>
      {hint && <span className="menu-hint">{hint}</span>}
    </button>
  );
}

const choicesIn = (menu: HTMLElement) => [...menu.querySelectorAll<HTMLElement>('[role^="menuitem"]')];

function keyTarget(key: string, now: number, choices: readonly HTMLElement[]): HTMLElement | undefined {
  switch (key) {
    case "ArrowDown":
      return choices[(now + 1) % choices.length];
    case "ArrowUp":
      return choices.at(now <= 0 ? -1 : now - 1);
    case "Home":
      return choices[0];
    case "End":
      return choices.at(-1);
    default:
      if (key.length !== 1 || key === " ") return undefined;
      return [...choices.slice(now + 1), ...choices].find((choice) =>
        choice.querySelector(".menu-label")?.textContent?.toLowerCase().startsWith(key.toLowerCase()),
      );
  }
}

function place(menu: HTMLElement, { left, top }: MenuProps["at"]): void {
  const { innerWidth, innerHeight } = window;
  menu.style.left = `${Math.max(4, Math.min(left, innerWidth - menu.offsetWidth - 4))}px`;
  menu.style.top = `${Math.max(4, Math.min(top, innerHeight - menu.offsetHeight - 4))}px`;
}

export interface MenuButtonProps {
  label: string;
  items(): readonly MenuItem[];
  children?: ReactNode;
}

export function MenuButton({ label, items, children = label }: MenuButtonProps) {
  const [at, setAt] = useState<MenuProps["at"]>();
  const ref = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={ref}
        type="button"
        className="tool"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={at !== undefined}
        onClick={() => {
          const { left, bottom } = ref.current!.getBoundingClientRect();
          setAt({ left, top: bottom + 2 });
        }}
      >
        {children}
        <span className="tool-arrow" aria-hidden="true" />
      </button>
      {at && <Menu label={label} items={items()} at={at} onClose={() => setAt(undefined)} />}
    </>
  );
}

/** A small panel below a button, for what is more than a menu. Closed by Escape, and by a click beside it. */
export function PanelButton({ label, children }: { label: string; children: ReactNode }) {
  const [at, setAt] = useState<MenuProps["at"]>();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!at || !panel.current) return;
    place(panel.current, at);
    panel.current.querySelector<HTMLElement>("input, button")?.focus();
  }, [at]);
  function close(): void {
    setAt(undefined);
    button.current?.focus();
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        className="tool"
        aria-haspopup="dialog"
        aria-expanded={at !== undefined}
        onClick={() => {
          const { left, bottom } = button.current!.getBoundingClientRect();
          setAt({ left, top: bottom + 2 });
        }}
      >
        {label}
        <span className="tool-arrow" aria-hidden="true" />
      </button>
      {at && (
        <>
          <Backdrop close={close} />
          <div
            ref={panel}
            role="dialog"
            aria-label={label}
            className="menu panel"
            onKeyDown={(event) => {
              if (event.key !== "Escape") return;
              event.stopPropagation();
              close();
            }}
          >
            {children}
          </div>
        </>
      )}
    </>
  );
}
