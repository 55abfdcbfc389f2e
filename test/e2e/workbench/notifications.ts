import type { Locator, Page } from "@playwright/test";

/** The notifications that the window shows. */
export class Notifications {
  constructor(private readonly page: Page) {}

  /** The notification with this text. */
  with(text: string | RegExp): Locator {
    return this.page.locator(".notifications-toasts .notification-list-item").filter({ hasText: text });
  }

  /** Presses a button of the notification with this text. */
  async press(text: string | RegExp, button: string): Promise<void> {
    const notification = this.with(text);
    // Its buttons show while the pointer is on it.
    await notification.hover();
    await notification.getByRole("button", { name: button, exact: true }).click();
  }
}
