import type { Locator, Page } from "@playwright/test";

/** The notifications that the window shows. */
export class Notifications {
  constructor(private readonly page: Page) {}

  /** The notification with this text. */
  with(text: string | RegExp): Locator {
    return this.page.locator(".notifications-toasts .notification-list-item").filter({ hasText: text });
  }

  /** Closes all that are shown. */
  async clear(): Promise<void> {
    const close = this.page.locator(".notifications-toasts").getByRole("button", { name: /^Clear Notification/ });
    const shown = this.page.locator(".notifications-toasts .notification-list-item");
    while ((await shown.count()) > 0) {
      await shown.first().hover();
      await close.first().click();
    }
  }

  /** Presses a button of a notification, or of the one with this text. */
  async press(which: Locator | string | RegExp, button: string): Promise<void> {
    const notification = typeof which === "string" || which instanceof RegExp ? this.with(which) : which;
    // Its buttons show while the pointer is on it.
    await notification.hover();
    await notification.getByRole("button", { name: button, exact: true }).click();
  }
}
