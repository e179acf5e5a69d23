import type { Locator, Page } from "@playwright/test";

/** The public search, reached by its address so that it also works without scripts. */
export class SearchPage {
  constructor(private readonly page: Page) {}

  async open(words = ""): Promise<void> {
    await this.page.goto(`/search?q=${encodeURIComponent(words)}`);
  }

  async search(words: string): Promise<void> {
    const field = this.page.locator('main input[name="q"]');
    await field.fill(words);
    await field.press("Enter");
  }

  result(title: string): Locator {
    return this.page.getByRole("main").getByRole("link", { name: title });
  }
}
