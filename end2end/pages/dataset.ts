import { readFile } from "node:fs/promises";
import { expect, type Page } from "@playwright/test";

/** A dataset's public page, or that of one of its versions. */
export class DatasetPage {
  constructor(private readonly page: Page) {}

  async open(dataset: string): Promise<number> {
    return this.visit(`/catalogue/${dataset}`);
  }

  async openVersion(dataset: string, edition: string, version: string): Promise<number> {
    return this.visit(`/catalogue/${dataset}/editions/${edition}/versions/${version}`);
  }

  async showsTitle(title: string): Promise<void> {
    await expect(this.page.getByRole("heading", { level: 1 })).toContainText(title);
  }

  /** Follows the first link in sight to a file with this name and returns its bytes. */
  async download(filename: string): Promise<Buffer> {
    const waiting = this.page.waitForEvent("download");
    await this.page.locator(`a[href*="/files/downloads/"][href*="${filename}"]:visible`).first().click();
    return readFile(await (await waiting).path());
  }

  private async visit(address: string): Promise<number> {
    return (await this.page.goto(address))?.status() ?? 0;
  }
}
