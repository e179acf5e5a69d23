import { HtmlValidate } from "html-validate";
import { inEnglish, inWelsh, ofPortal, statusOf, type Address } from "../addresses.ts";
import { Api } from "../api.ts";
import { expect, signIn, test } from "../fixtures.ts";
import type { APIRequestContext } from "@playwright/test";

/** The rules of the HTML standard; what is taste of the tool's authors is left out, with its reason. */
const validator = new HtmlValidate({
  extends: ["html-validate:standard"],
  rules: {
    // Islands are custom elements that the framework names.
    "element-name": "off",
  },
});

test.use({ javaScriptEnabled: false });
test.setTimeout(120_000);

/** Faults of a document, one line each. */
async function faults(text: string): Promise<string[]> {
  const { results } = await validator.validateString(text);
  const messages = results.flatMap((result) => result.messages);
  return messages.map(({ ruleId, message, line, column }) => `${ruleId} at ${line}:${column}: ${message}`);
}

/** Everything wrong with the pages as the server sends them. */
async function invalid(request: APIRequestContext, addresses: Address[]): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const address of addresses) {
    const { path } = address;
    const answer = await request.get(path, { headers: { accept: "text/html" } });
    expect(answer.status(), path).toBe(statusOf(address));
    expect(answer.headers()["content-type"], path).toContain("text/html");
    const told = await faults(await answer.text());
    if (told.length > 0) found[path] = told.slice(0, 8);
  }
  return found;
}

test("the validator finds what is wrong where something is", async () => {
  const told = (await faults('<!DOCTYPE html><html lang="en"><head><title>A</title></head><body><ul id="a"><p id="a">b</p></ul></body></html>')).join();
  expect(told).toContain("no-dup-id");
  expect(told).toContain("element-permitted-content");
});

test("the public pages are valid HTML", async ({ request }) => {
  expect(await invalid(request, [...inEnglish(), ...inWelsh()])).toEqual({});
});

test("the portal's pages are valid HTML", async ({ page, catalogue }) => {
  const found: Record<string, string[]> = {};
  for (const [who, addresses] of await ofPortal(new Api(catalogue))) {
    await signIn(page, `${who}@example.org`);
    Object.assign(found, await invalid(page.request, addresses));
  }
  expect(found).toEqual({});
});
