import { request } from "node:http";
import { startCatalogue } from "../server.ts";

/** A page with which the server says that it does not answer. */
export interface Sorry {
  status: number;
  html: string;
}

/** What is said to somebody who asks more often than is allowed. */
export async function tooMany(): Promise<Sorry> {
  const own = await startCatalogue({ RATE_LIMIT_SEARCH_PER_MINUTE: "1" });
  try {
    const ask = async () => fetch(`${own.url}/search`, { headers: { accept: "text/html" } });
    await (await ask()).text();
    const answer = await ask();
    return { status: answer.status, html: await answer.text() };
  } finally {
    await own.close();
  }
}

/** What is said to somebody whose form has not arrived when time is up. */
export async function tooLate(): Promise<Sorry> {
  const own = await startCatalogue({ REQUEST_TIMEOUT: "1s" });
  try {
    return await new Promise<Sorry>((done, failed) => {
      const headers = { accept: "text/html", origin: own.url, "content-type": "application/x-www-form-urlencoded", "content-length": 100 };
      const asked = request(`${own.url}/rpc/feedback/give`, { method: "POST", headers }, (answer) => {
        let html = "";
        answer.setEncoding("utf8");
        answer.on("data", (part: string) => (html += part));
        answer.on("end", () => {
          done({ status: answer.statusCode ?? 0, html });
          asked.destroy();
        });
      });
      asked.on("error", failed);
      // The rest never comes.
      asked.write("page=");
    });
  } finally {
    await own.close();
  }
}
