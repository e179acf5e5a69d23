import { expect, type Locator, type Page } from "@playwright/test";

/** The portal's pages; forms are found by the server function they post to. */
export class Portal {
  constructor(private readonly page: Page) {}

  /** The form that posts to an endpoint such as `bundles/create`. */
  form(endpoint: string): Locator {
    return this.page.locator(`form[action="/rpc/${endpoint}"]`);
  }

  /** A field of a form by its path. */
  field(endpoint: string, path: string): Locator {
    return this.page.locator(`[id="${endpoint.replace("/", "-")}-${path}"]`);
  }

  async fill(endpoint: string, values: Record<string, string>): Promise<void> {
    for (const [path, value] of Object.entries(values)) await this.field(endpoint, path).fill(value);
  }

  /** The form's own button. */
  button(endpoint: string): Locator {
    return this.form(endpoint).first().getByRole("button").last();
  }

  /** Presses the form's own button and waits for the page that follows. */
  async send(endpoint: string): Promise<void> {
    const answered = this.page.waitForResponse((answer) => answer.url().endsWith(`/rpc/${endpoint}`));
    await this.button(endpoint).click();
    expect((await answered).status(), `${endpoint} sends the browser on`).toBe(303);
    await this.page.waitForLoadState();
  }

  /** Sends the bundle of this page for review, after looking at what its checklist says could be better. */
  async sendForReview(): Promise<void> {
    const looked = this.form("bundles/submit").getByRole("checkbox");
    if ((await looked.count()) > 0) await looked.check();
    await this.send("bundles/submit");
  }

  /** Goes from a bundle's page to everything that becomes public with it, and approves that. */
  async approveBundle(): Promise<void> {
    await this.page.getByRole("link", { name: "Look at it and approve" }).click();
    await expect(this.page).toHaveURL(/\/approve$/);
    await this.send("bundles/approve");
  }

  /** Asserts the message after a form that was accepted. */
  async says(text: string | RegExp): Promise<void> {
    await expect(this.page.getByRole("status", { name: "Done" })).toContainText(text);
  }

  /** Waits until the scripts of the page have taken over. */
  async scripts(): Promise<void> {
    await expect(this.page.locator("html[data-desk=listens] .theme-switch button")).toBeVisible();
  }
}

/** An instant as the date and time fields take it: on a UK clock, to the second. */
export function ukFields(at: Date): { date: string; time: string } {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Europe/London",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).formatToParts(at);
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? "";
  return {
    date: `${part("year")}-${part("month")}-${part("day")}`,
    time: `${part("hour")}:${part("minute")}:${part("second")}`,
  };
}

/** A whole second, so many seconds or a little more from now. */
export function secondsAhead(seconds: number): Date {
  return new Date((Math.ceil(Date.now() / 1000) + seconds) * 1000);
}

/** The date of next year's last Sunday of a month that has 31 days. */
function lastSunday(month: number): string {
  const last = new Date(Date.UTC(new Date().getUTCFullYear() + 1, month - 1, 31));
  last.setUTCDate(last.getUTCDate() - last.getUTCDay());
  return last.toISOString().slice(0, 10);
}

/** The date of next year's night in which UK clocks go back: the last Sunday of October. */
export function clocksGoBack(): string {
  return lastSunday(10);
}

/** The date of next year's night in which UK clocks go forward: the last Sunday of March. */
export function clocksGoForward(): string {
  return lastSunday(3);
}
