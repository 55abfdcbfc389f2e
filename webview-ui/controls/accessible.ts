import { type RefObject, useLayoutEffect } from "react";

/** What every field control of a form takes. */
export interface FieldProps {
  /** Of the element, so that a `<label>` can name it. */
  id: string;
  /** The same words as the `<label>`: a label does not reach into a custom element. */
  label: string;
  /** Ids of elements that tell more: help, an error. */
  describedBy: readonly string[];
  required?: boolean;
  invalid?: boolean;
  onLeave?(): void;
}

/** Screen readers look at the control in the element's shadow tree, when it has one. */
interface Host extends HTMLElement {
  control?: HTMLElement;
}

/**
 * Names and describes a control. The toolkit names each element itself when it is put into the page ("Text field"), so this
 * comes after that; and an id does not reach into a shadow tree, but an element does.
 */
export function useAccessible(
  host: RefObject<Host | null>,
  { label, describedBy, required = false, invalid = false }: FieldProps,
  inShadow: boolean,
): void {
  const ids = describedBy.join(" ");
  useLayoutEffect(() => {
    const element = host.current!;
    element.setAttribute("aria-label", label);
    element.toggleAttribute("data-invalid", invalid);
    const control = (inShadow && element.control) || element;
    control.setAttribute("aria-invalid", String(invalid));
    control.setAttribute("aria-required", String(required));
    const descriptions = ids.split(" ").flatMap((id) => document.getElementById(id) ?? []);
    if (inShadow) control.ariaDescribedByElements = descriptions;
    else control.setAttribute("aria-describedby", ids);
  }, [host, label, ids, required, invalid, inShadow]);
}
